//! What is kept about presence while somebody is away.

use async_trait::async_trait;

use super::RepositoryError;
use crate::model::{ChosenPresence, StoredPresence, Timestamp, UserId};

/// Keeps what users chose to be shown as, and when they were last seen. Who is there right now is nobody's business
/// but that of the nodes, in memory.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PresenceRepository: Send + Sync {
    /// Gives what is kept about these users, by user id ascending; whoever nothing is kept about is left out. At most
    /// 1,000 users a call.
    async fn find(&self, user_ids: &[UserId]) -> Result<Vec<StoredPresence>, RepositoryError>;

    /// Replaces a user's choice; answers whether the user exists.
    async fn choose(&self, user_id: UserId, chosen: ChosenPresence) -> Result<bool, RepositoryError>;

    /// Notes when users were last seen; an earlier time than the one kept changes nothing. Users who don't exist are
    /// passed over. At most 1,000 users a call.
    async fn note_seen(&self, seen: &[(UserId, Timestamp)]) -> Result<(), RepositoryError>;
}
