//! Timelines.

use async_trait::async_trait;
use thiserror::Error;

use super::RepositoryError;
use crate::model::{
    ChangeRefusal, ChangesPage, Message, MessageChange, MessageId, MessagePage, MessageVersion, NewMessage, PageAnchor,
    PageSize, RoomId, RoomRev, RoomSeq,
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

/// What came of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// The message, under its new `rev`.
    Done(Message),
    /// The message as it was, because it was so already.
    Unchanged(Message),
    /// The message as it is, because it can't be changed so.
    Refused(ChangeRefusal, Message),
    /// There is no such message.
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
    /// returns the original, even if it is a tombstone, and appends nothing. Whether it is the same text is judged by
    /// what was posted, not by what edits made of it.
    ///
    /// Appends of one author that were begun one after the other are stored in that order.
    ///
    /// # Errors
    /// [`AppendError`]; after `Timeout` the outcome is unknown and the same nonce finds it out.
    async fn append(&self, message: NewMessage) -> Result<Appended, AppendError>;

    /// Changes a message as [`MessageChange::apply`] decides, under the room's next `rev`; what isn't changed takes no
    /// number. Atomic and durable when it returns: of two changes at once, the second is applied to what the first
    /// made of the message. A text that is replaced is kept as a version; with a deletion, text and versions are gone
    /// from the store.
    ///
    /// # Errors
    /// [`RepositoryError`]; after `Timeout` the outcome is unknown, and asking again finds it out.
    async fn change(&self, id: MessageId, change: MessageChange) -> Result<Changed, RepositoryError>;

    /// Gives the texts that were replaced, oldest first; none for a tombstone or what never was.
    async fn versions(&self, id: MessageId) -> Result<Vec<MessageVersion>, RepositoryError>;

    /// Gives the pinned messages of a room before `before` (exclusive; the end if absent), descending by `seq`.
    async fn pinned(
        &self,
        room_id: RoomId,
        before: Option<RoomSeq>,
        size: PageSize,
    ) -> Result<Vec<Message>, RepositoryError>;

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
