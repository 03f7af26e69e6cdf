//! Rooms in memory.

use std::ops::Bound;

use async_trait::async_trait;
use domain::model::{
    EditWindow, Id, NewRoom, PageSize, Room, RoomAccess, RoomId, RoomName, RoomOverview, RoomRef, UserId,
};
use domain::port::{Constraint, RepositoryError, RoomRepository};

use crate::state::StoredRoom;
use crate::store::MemoryStore;

/// Keeps rooms in memory.
#[derive(Debug, Clone)]
pub struct MemoryRoomRepository {
    store: MemoryStore,
}

impl MemoryRoomRepository {
    pub(crate) const fn new(store: MemoryStore) -> Self {
        Self { store }
    }
}

#[async_trait]
impl RoomRepository for MemoryRoomRepository {
    async fn insert(&self, new: NewRoom) -> Result<(), RepositoryError> {
        let NewRoom { room, owner } = new;
        let mut state = self.store.lock()?;
        if state.rooms.contains_key(&room.id) {
            return Err(RepositoryError::Conflict(Constraint::IdUnique));
        }
        if room.name.as_ref().is_some_and(|name| state.rooms_by_name.contains_key(name)) {
            return Err(RepositoryError::Conflict(Constraint::RoomNameUnique));
        }
        if !state.users.contains_key(&owner) {
            return Err(RepositoryError::Conflict(Constraint::Reference));
        }
        if let Some(name) = room.name.clone() {
            state.rooms_by_name.insert(name, room.id);
        }
        state.rooms_by_user.insert((owner, room.id));
        state.rooms.insert(room.id, StoredRoom::new(room, owner));
        Ok(())
    }

    async fn find(&self, room: &RoomRef) -> Result<Option<Room>, RepositoryError> {
        Ok(self.store.lock()?.room(room).map(|stored| stored.room.clone()))
    }

    async fn access(&self, room: &RoomRef, user_id: UserId) -> Result<Option<RoomAccess>, RepositoryError> {
        Ok(self.store.lock()?.room(room).map(|stored| stored.access(user_id)))
    }

    async fn overview(&self, room: &RoomRef, user_id: UserId) -> Result<Option<RoomOverview>, RepositoryError> {
        Ok(self.store.lock()?.room(room).map(|stored| stored.overview(user_id)))
    }

    async fn set_edit_window(&self, room_id: RoomId, window: Option<EditWindow>) -> Result<bool, RepositoryError> {
        let mut state = self.store.lock()?;
        let stored = state.rooms.get_mut(&room_id);
        Ok(stored.map(|stored| stored.room.edit_window = window).is_some())
    }

    async fn list_of(
        &self,
        user_id: UserId,
        after: Option<RoomId>,
        size: PageSize,
    ) -> Result<Vec<RoomOverview>, RepositoryError> {
        let state = self.store.lock()?;
        let from = after.map_or_else(
            || Bound::Included((user_id, RoomId::new(Id::from_bytes([0; 12])))),
            |id| Bound::Excluded((user_id, id)),
        );
        let rooms = state.rooms_by_user.range((from, Bound::Unbounded)).take_while(|(member, _)| *member == user_id);
        let stored = rooms.filter_map(|(_, id)| state.rooms.get(id));
        Ok(stored.take(size.get()).map(|stored| stored.overview(user_id)).collect())
    }

    async fn directory(
        &self,
        user_id: UserId,
        query: &str,
        after: Option<RoomName>,
        size: PageSize,
    ) -> Result<Vec<RoomOverview>, RepositoryError> {
        let state = self.store.lock()?;
        // Names are lower case by construction.
        let query = query.to_lowercase();
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let named = state.rooms_by_name.range((from, Bound::Unbounded));
        let found = named.filter(|(name, _)| name.as_str().contains(&query));
        let open = found
            .filter_map(|(_, id)| state.rooms.get(id))
            .filter(|stored| stored.room.kind.is_open() && stored.room.archived_at.is_none());
        Ok(open.take(size.get()).map(|stored| stored.overview(user_id)).collect())
    }
}
