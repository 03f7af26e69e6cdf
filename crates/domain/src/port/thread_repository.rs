//! Threads.

use async_trait::async_trait;

use super::RepositoryError;
use crate::model::{MessageId, PageSize, RoomSeq, ThreadPage, ThreadSummary, UserId};

/// Keeps who follows which thread, and finds the replies of one. A thread is named by the message that began it.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ThreadRepository: Send + Sync {
    /// Gives replies after that place (exclusive; zero for the beginning), ascending by `seq`, tombstones included.
    async fn replies(&self, root: MessageId, after: RoomSeq, size: PageSize) -> Result<ThreadPage, RepositoryError>;

    /// Sums a thread up as that user stands to it. A message nobody replied to is a thread without replies.
    async fn summary(&self, root: MessageId, user_id: UserId) -> Result<ThreadSummary, RepositoryError>;

    /// Notes that a user chose to follow a thread or not to. Idempotent.
    ///
    /// # Errors
    /// `Conflict(Reference)` if the message or the user doesn't exist.
    async fn follow(&self, root: MessageId, user_id: UserId, follows: bool) -> Result<(), RepositoryError>;
}
