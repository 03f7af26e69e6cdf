//! Threads in memory.

use async_trait::async_trait;
use domain::model::{MessageId, PageSize, RoomSeq, ThreadPage, ThreadSummary, UserId};
use domain::port::{Constraint, RepositoryError, ThreadRepository};

use crate::store::MemoryStore;

/// Finds threads in memory and keeps who follows them.
#[derive(Debug, Clone)]
pub struct MemoryThreadRepository {
    store: MemoryStore,
}

impl MemoryThreadRepository {
    pub(crate) const fn new(store: MemoryStore) -> Self {
        Self { store }
    }
}

#[async_trait]
impl ThreadRepository for MemoryThreadRepository {
    async fn replies(&self, root: MessageId, after: RoomSeq, size: PageSize) -> Result<ThreadPage, RepositoryError> {
        let state = self.store.lock()?;
        let found = state.place_of(root).map(|(timeline, _)| timeline.replies(root, after, size));
        Ok(found.unwrap_or_else(|| ThreadPage { items: Vec::new(), more: false }))
    }

    async fn summary(&self, root: MessageId, user_id: UserId) -> Result<ThreadSummary, RepositoryError> {
        let state = self.store.lock()?;
        let Some((timeline, seq)) = state.place_of(root) else { return Ok(ThreadSummary::default()) };
        let chosen = state.follows.get(&(root, user_id)).copied();
        let summary = timeline.get(seq).map(|message| timeline.summary(&message, user_id, chosen));
        Ok(summary.unwrap_or_default())
    }

    async fn follow(&self, root: MessageId, user_id: UserId, follows: bool) -> Result<(), RepositoryError> {
        let mut state = self.store.lock()?;
        if !state.messages.contains_key(&root) || !state.users.contains_key(&user_id) {
            return Err(RepositoryError::Conflict(Constraint::Reference));
        }
        state.follows.insert((root, user_id), follows);
        Ok(())
    }
}
