//! Read positions in memory.

use async_trait::async_trait;
use domain::model::{Marker, ReadState, Receipt, RoomId, UserId};
use domain::port::{Marking, ReadStateRepository, RepositoryError};

use crate::state::State;
use crate::store::MemoryStore;

/// Keeps read positions in memory.
#[derive(Debug, Clone)]
pub struct MemoryReadStateRepository {
    store: MemoryStore,
}

impl MemoryReadStateRepository {
    pub(crate) const fn new(store: MemoryStore) -> Self {
        Self { store }
    }
}

fn mark(state: &mut State, marker: Marker) -> Marking {
    let Some(room) = state.rooms.get_mut(&marker.room_id) else { return Marking::NotAMember };
    let head = room.timeline.head().seq;
    let Some(place) = room.members.get_mut(&marker.user_id) else { return Marking::NotAMember };
    if marker.seq > head {
        return Marking::BeyondHead(head);
    }
    let moves = marker.seq > place.read_seq || (marker.back && marker.seq < place.read_seq);
    if moves {
        place.read_seq = marker.seq;
    }
    let read_state = room.timeline.read_state(marker.user_id, place.read_seq);
    if moves { Marking::Moved(read_state) } else { Marking::Unmoved(read_state) }
}

#[async_trait]
impl ReadStateRepository for MemoryReadStateRepository {
    async fn mark(&self, marker: Marker) -> Result<Marking, RepositoryError> {
        Ok(mark(&mut *self.store.lock()?, marker))
    }

    async fn read_state(&self, room_id: RoomId, user_id: UserId) -> Result<Option<ReadState>, RepositoryError> {
        Ok(self.store.lock()?.rooms.get(&room_id).and_then(|room| room.read_state(user_id)))
    }

    async fn receipts(&self, room_id: RoomId) -> Result<Option<Vec<Receipt>>, RepositoryError> {
        let state = self.store.lock()?;
        let Some(room) = state.rooms.get(&room_id) else { return Ok(Some(Vec::new())) };
        if room.member_count() > Receipt::MAX_MEMBERS {
            return Ok(None);
        }
        let shows = |id: &UserId| {
            let user = state.users.get(id).map(|stored| &stored.user);
            user.is_some_and(|user| user.privacy.receipts && !user.disabled)
        };
        let shown = room.members.iter().filter(|(id, _)| shows(id));
        Ok(Some(shown.map(|(id, place)| Receipt { user_id: *id, read_seq: place.read_seq }).collect()))
    }
}
