//! Who belongs to which room.

use async_trait::async_trait;

use super::RepositoryError;
use crate::model::{Member, Membership, PageSize, RoomId, UserId, Username};

/// What came of joining.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The membership as it is now.
    pub membership: Membership,
    /// Whether it was made by this call.
    pub new: bool,
}

/// Keeps memberships. Reading one is part of [`super::RoomRepository::access`].
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait MembershipRepository: Send + Sync {
    /// Makes the user a member unless they are one already; then role and time stay as they are. Atomic and
    /// idempotent.
    ///
    /// # Errors
    /// `Conflict(Reference)` if the room or the user doesn't exist.
    async fn join(&self, membership: Membership) -> Result<Joined, RepositoryError>;

    /// Ends a membership; answers whether there was one. After it returned, no append of that user succeeds.
    async fn leave(&self, room_id: RoomId, user_id: UserId) -> Result<bool, RepositoryError>;

    /// Finds which of these names belong to members, in any case; by user id ascending. At most 50 names a call.
    async fn find_named(&self, room_id: RoomId, names: &[Username]) -> Result<Vec<UserId>, RepositoryError>;

    /// Lists members by user id ascending, after `after` (exclusive).
    async fn list(
        &self,
        room_id: RoomId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Vec<Member>, RepositoryError>;
}
