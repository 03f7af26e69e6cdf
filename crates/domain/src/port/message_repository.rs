//! Timelines.

use async_trait::async_trait;
use thiserror::Error;

use super::RepositoryError;
use crate::model::{
    ChangesPage, Message, MessageId, MessagePage, NewMessage, PageAnchor, PageSize, RoomId, RoomRev, RoomSeq,
    Timestamp, UserId,
};

/// What came of an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The stored message; for a repeat the original, as it is now.
    pub message: Message,
    /// Whether the nonce had been used already and nothing was appended.
    pub duplicate: bool,
}

/// Why nothing was appended.
#[derive(Debug, Clone, Error)]
pub enum AppendError {
    /// The room doesn't exist.
    #[error("the room does not exist")]
    NoRoom,
    /// The room is read-only.
    #[error("the room is archived")]
    RoomArchived,
    /// The author isn't a member.
    #[error("the author is not a member of the room")]
    NotAMember,
    /// The author used the nonce for a message with another text.
    #[error("the nonce was used for another message")]
    NonceReused,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// What came of a deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deletion {
    /// The tombstone, with its new `rev`.
    Deleted(Message),
    /// There is no such message, or it was deleted before.
    Absent,
}

/// Keeps timelines: messages with their two numbers.
///
/// `seq` and `rev` of a room each run 1, 2, 3, … without gaps, whatever fails and however many writers there
/// are, and are never used again. A number becomes visible only when everything below it is.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait MessageRepository: Send + Sync {
    /// Appends a message and gives it the next `seq` and `rev`. Atomic, durable when it returns: room and
    /// membership are checked again together with the write. A nonce that this author used in this room
    /// returns the original, even if it is a tombstone, and appends nothing.
    ///
    /// Appends of one author that were begun one after the other are stored in that order.
    ///
    /// # Errors
    /// [`AppendError`]; after `Timeout` the outcome is unknown and the same nonce finds it out.
    async fn append(&self, message: NewMessage) -> Result<Appended, AppendError>;

    /// Replaces a message by its tombstone under the next `rev`; the text is gone from the store. Atomic: of
    /// two deletions one is `Deleted`.
    async fn delete(&self, id: MessageId, by: UserId, at: Timestamp) -> Result<Deletion, RepositoryError>;

    /// Finds a message or its tombstone.
    async fn find(&self, id: MessageId) -> Result<Option<Message>, RepositoryError>;

    /// Gives a page, tombstones included. A room that doesn't exist is an empty one.
    async fn page(&self, room_id: RoomId, anchor: PageAnchor, size: PageSize) -> Result<MessagePage, RepositoryError>;

    /// Gives the newest messages before `before` (exclusive; the end if absent) that still exist, tombstones
    /// left out, ascending by `seq`.
    async fn latest_live(
        &self,
        room_id: RoomId,
        before: Option<RoomSeq>,
        size: PageSize,
    ) -> Result<Vec<Message>, RepositoryError>;

    /// Gives the messages whose latest change is after `after` (exclusive), ascending by `rev`.
    async fn changes(&self, room_id: RoomId, after: RoomRev, size: PageSize) -> Result<ChangesPage, RepositoryError>;
}
