//! Memberships in memory.

use std::ops::Bound;

use async_trait::async_trait;
use domain::model::{Member, Membership, PageSize, RoomId, UserId};
use domain::port::{Constraint, Joined, MembershipRepository, RepositoryError};

use crate::store::MemoryStore;

/// Keeps memberships in memory.
#[derive(Debug, Clone)]
pub struct MemoryMembershipRepository {
    store: MemoryStore,
}

impl MemoryMembershipRepository {
    pub(crate) const fn new(store: MemoryStore) -> Self {
        Self { store }
    }
}

#[async_trait]
impl MembershipRepository for MemoryMembershipRepository {
    async fn join(&self, membership: Membership) -> Result<Joined, RepositoryError> {
        let mut state = self.store.lock()?;
        let known = state.users.contains_key(&membership.user_id);
        let room = state.rooms.get_mut(&membership.room_id).filter(|_| known);
        let Some(room) = room else {
            return Err(RepositoryError::Conflict(Constraint::Reference));
        };
        if let Some(earlier) = room.members.get(&membership.user_id) {
            return Ok(Joined { membership: earlier.clone(), new: false });
        }
        room.members.insert(membership.user_id, membership.clone());
        state.rooms_by_user.insert((membership.user_id, membership.room_id));
        Ok(Joined { membership, new: true })
    }

    async fn leave(&self, room_id: RoomId, user_id: UserId) -> Result<bool, RepositoryError> {
        let mut state = self.store.lock()?;
        let left = state.rooms.get_mut(&room_id).and_then(|room| room.members.remove(&user_id)).is_some();
        state.rooms_by_user.remove(&(user_id, room_id));
        Ok(left)
    }

    async fn list(
        &self,
        room_id: RoomId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Vec<Member>, RepositoryError> {
        let state = self.store.lock()?;
        let Some(room) = state.rooms.get(&room_id) else { return Ok(Vec::new()) };
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let members = room.members.range((from, Bound::Unbounded)).take(size.get());
        let named = members.filter_map(|(id, membership)| {
            let user = &state.users.get(id)?.user;
            Some(Member {
                user_id: *id,
                username: user.username.clone(),
                role: membership.role,
                joined_at: membership.joined_at,
            })
        });
        Ok(named.collect())
    }
}
