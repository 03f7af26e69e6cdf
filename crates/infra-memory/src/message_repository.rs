//! Timelines in memory.

use async_trait::async_trait;
use domain::model::{
    ChangesPage, Message, MessageChange, MessageId, MessagePage, MessageVersion, NewMessage, PageAnchor, PageSize,
    RoomId, RoomRev, RoomSeq,
};
use domain::port::{AppendError, Appended, Changed, Constraint, MessageRepository, RepositoryError};

use crate::state::State;
use crate::store::MemoryStore;
use crate::timeline::Timeline;

/// Keeps timelines in memory.
#[derive(Debug, Clone)]
pub struct MemoryMessageRepository {
    store: MemoryStore,
}

impl MemoryMessageRepository {
    pub(crate) const fn new(store: MemoryStore) -> Self {
        Self { store }
    }

    fn read<T>(&self, room_id: RoomId, question: impl Fn(&Timeline) -> T) -> Result<T, RepositoryError> {
        let state = self.store.lock()?;
        // A room that doesn't exist is an empty one.
        Ok(state.rooms.get(&room_id).map_or_else(|| question(&Timeline::default()), |room| question(&room.timeline)))
    }
}

fn append(state: &mut State, new: NewMessage) -> Result<Appended, AppendError> {
    let room = state.rooms.get_mut(&new.room_id).ok_or(AppendError::NoRoom)?;
    if room.room.archived_at.is_some() {
        return Err(AppendError::RoomArchived);
    }
    if !room.members.contains_key(&new.author.id) {
        return Err(AppendError::NotAMember);
    }
    if let Some(repeat) = room.timeline.repeat_of(&new) {
        return repeat;
    }
    if state.messages.contains_key(&new.id) {
        return Err(RepositoryError::Conflict(Constraint::IdUnique).into());
    }
    let message = room.timeline.append(new);
    state.messages.insert(message.id, (message.room_id, message.seq));
    Ok(Appended { message, duplicate: false })
}

#[async_trait]
impl MessageRepository for MemoryMessageRepository {
    async fn append(&self, message: NewMessage) -> Result<Appended, AppendError> {
        append(&mut *self.store.lock()?, message)
    }

    async fn change(&self, id: MessageId, change: MessageChange) -> Result<Changed, RepositoryError> {
        let mut state = self.store.lock()?;
        let Some((room_id, seq)) = state.messages.get(&id).copied() else { return Ok(Changed::Absent) };
        let room = state.rooms.get_mut(&room_id);
        Ok(room.map_or(Changed::Absent, |room| room.timeline.change(seq, &change)))
    }

    async fn versions(&self, id: MessageId) -> Result<Vec<MessageVersion>, RepositoryError> {
        let state = self.store.lock()?;
        Ok(state.place_of(id).map(|(timeline, seq)| timeline.versions(seq)).unwrap_or_default())
    }

    async fn pinned(
        &self,
        room_id: RoomId,
        before: Option<RoomSeq>,
        size: PageSize,
    ) -> Result<Vec<Message>, RepositoryError> {
        self.read(room_id, |timeline| timeline.pinned(before, size))
    }

    async fn find(&self, id: MessageId) -> Result<Option<Message>, RepositoryError> {
        let state = self.store.lock()?;
        Ok(state.place_of(id).and_then(|(timeline, seq)| timeline.get(seq)))
    }

    async fn page(&self, room_id: RoomId, anchor: PageAnchor, size: PageSize) -> Result<MessagePage, RepositoryError> {
        self.read(room_id, |timeline| timeline.page(anchor, size))
    }

    async fn latest_live(
        &self,
        room_id: RoomId,
        before: Option<RoomSeq>,
        size: PageSize,
    ) -> Result<Vec<Message>, RepositoryError> {
        self.read(room_id, |timeline| timeline.latest_live(before, size))
    }

    async fn changes(&self, room_id: RoomId, after: RoomRev, size: PageSize) -> Result<ChangesPage, RepositoryError> {
        self.read(room_id, |timeline| timeline.changes(after, size))
    }
}
