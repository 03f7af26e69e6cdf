//! Memberships in memory.

use std::collections::BTreeSet;
use std::ops::Bound;

use async_trait::async_trait;
use domain::model::{Member, Membership, PageSize, RoomId, UserId, Username};
use domain::port::{Constraint, Joined, MembershipRepository, RepositoryError};

use crate::state::StoredMember;
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
            return Ok(Joined { membership: earlier.membership.clone(), new: false });
        }
        // What was said before isn't unread.
        let member = StoredMember { membership: membership.clone(), read_seq: room.timeline.head().seq };
        room.members.insert(membership.user_id, member);
        state.rooms_by_user.insert((membership.user_id, membership.room_id));
        Ok(Joined { membership, new: true })
    }

    async fn leave(&self, room_id: RoomId, user_id: UserId) -> Result<bool, RepositoryError> {
        let mut state = self.store.lock()?;
        let left = state.rooms.get_mut(&room_id).and_then(|room| room.members.remove(&user_id)).is_some();
        state.rooms_by_user.remove(&(user_id, room_id));
        Ok(left)
    }

    async fn find_named(&self, room_id: RoomId, names: &[Username]) -> Result<Vec<UserId>, RepositoryError> {
        let state = self.store.lock()?;
        let Some(room) = state.rooms.get(&room_id) else { return Ok(Vec::new()) };
        let known = names.iter().filter_map(|name| state.users_by_key.get(&name.key()));
        let members: BTreeSet<UserId> = known.filter(|id| room.members.contains_key(id)).copied().collect();
        Ok(members.into_iter().collect())
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
        let named = members.filter_map(|(id, member)| {
            let user = &state.users.get(id)?.user;
            Some(Member {
                user_id: *id,
                username: user.username.clone(),
                role: member.membership.role,
                joined_at: member.membership.joined_at,
            })
        });
        Ok(named.collect())
    }
}
