//! Read positions.

use async_trait::async_trait;

use super::RepositoryError;
use crate::model::{Marker, ReadState, Receipt, RoomId, RoomSeq, UserId};

/// What came of moving a read position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marking {
    /// It stands here now, with what that leaves.
    Moved(ReadState),
    /// It stands there already or further on, with what that leaves.
    Unmoved(ReadState),
    /// There are fewer messages than that.
    BeyondHead(RoomSeq),
    /// The user isn't a member.
    NotAMember,
}

/// Keeps how far members have read. The position of a new member is the head of the room at that moment, so that what
/// was said before isn't unread; it goes with the membership.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ReadStateRepository: Send + Sync {
    /// Moves a position. Atomic: of several at once the greatest counts, unless one of them goes back.
    async fn mark(&self, marker: Marker) -> Result<Marking, RepositoryError>;

    /// Gives how far a member has read and what that leaves; nothing if they aren't a member. The counts are those of
    /// one moment, no earlier than the call.
    async fn read_state(&self, room_id: RoomId, user_id: UserId) -> Result<Option<ReadState>, RepositoryError>;

    /// Gives the positions of those members who show them ([`crate::model::Privacy::receipts`]), of accounts that are
    /// open, by user id ascending, at most [`Receipt::MAX_MEMBERS`]. Nothing if the room has more members than that.
    async fn receipts(&self, room_id: RoomId) -> Result<Option<Vec<Receipt>>, RepositoryError>;
}
