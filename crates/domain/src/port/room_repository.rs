//! Rooms.

use async_trait::async_trait;

use super::RepositoryError;
use crate::model::{EditWindow, NewRoom, PageSize, Room, RoomAccess, RoomId, RoomName, RoomOverview, RoomRef, UserId};

/// Keeps rooms. Members are kept by [`super::MembershipRepository`], timelines by
/// [`super::MessageRepository`].
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait RoomRepository: Send + Sync {
    /// Adds a room with its owner as first member. Atomic: both or neither.
    ///
    /// # Errors
    /// `Conflict(RoomNameUnique)` if the name is taken, `Conflict(IdUnique)` for a repeated id.
    async fn insert(&self, new: NewRoom) -> Result<(), RepositoryError>;

    /// Finds a room.
    async fn find(&self, room: &RoomRef) -> Result<Option<Room>, RepositoryError>;

    /// Finds a room and the user's membership in it: the read that precedes every decision, in one go.
    async fn access(&self, room: &RoomRef, user_id: UserId) -> Result<Option<RoomAccess>, RepositoryError>;

    /// Gives a room as lists show it to that user.
    async fn overview(&self, room: &RoomRef, user_id: UserId) -> Result<Option<RoomOverview>, RepositoryError>;

    /// Sets for how long messages of a room can be edited; answers whether the room exists. It counts for every use case
    /// of this node that begins after the answer, and of other nodes within a second.
    async fn set_edit_window(&self, room_id: RoomId, window: Option<EditWindow>) -> Result<bool, RepositoryError>;

    /// Lists the rooms the user is a member of, by id ascending, after `after` (exclusive).
    async fn list_of(
        &self,
        user_id: UserId,
        after: Option<RoomId>,
        size: PageSize,
    ) -> Result<Vec<RoomOverview>, RepositoryError>;

    /// Lists open rooms that aren't archived and whose name contains `query` (case-insensitively, literally;
    /// empty matches all), by name ascending in code-point order, after `after` (exclusive), as shown to that
    /// user.
    async fn directory(
        &self,
        user_id: UserId,
        query: &str,
        after: Option<RoomName>,
        size: PageSize,
    ) -> Result<Vec<RoomOverview>, RepositoryError>;
}
