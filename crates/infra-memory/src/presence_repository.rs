//! What is kept about presence, in memory.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::model::{ChosenPresence, StoredPresence, Timestamp, UserId};
use domain::port::{PresenceRepository, RepositoryError};

use crate::state::State;
use crate::store::MemoryStore;

/// Keeps choices and when users were last seen, in memory.
#[derive(Debug, Clone)]
pub struct MemoryPresenceRepository {
    store: MemoryStore,
}

impl MemoryPresenceRepository {
    pub(crate) const fn new(store: MemoryStore) -> Self {
        Self { store }
    }
}

/// Gives what is kept about a user, to be changed; nothing if they don't exist.
fn entry(state: &mut State, user_id: UserId) -> Option<&mut StoredPresence> {
    if !state.users.contains_key(&user_id) {
        return None;
    }
    let nothing = || StoredPresence { user_id, chosen: ChosenPresence::default(), last_seen_at: None };
    Some(state.presences.entry(user_id).or_insert_with(nothing))
}

#[async_trait]
impl PresenceRepository for MemoryPresenceRepository {
    async fn find(&self, user_ids: &[UserId]) -> Result<Vec<StoredPresence>, RepositoryError> {
        let state = self.store.lock()?;
        let ids: BTreeSet<&UserId> = user_ids.iter().collect();
        Ok(ids.into_iter().filter_map(|id| state.presences.get(id)).cloned().collect())
    }

    async fn choose(&self, user_id: UserId, chosen: ChosenPresence) -> Result<bool, RepositoryError> {
        let mut state = self.store.lock()?;
        Ok(entry(&mut state, user_id).map(|stored| stored.chosen = chosen).is_some())
    }

    async fn note_seen(&self, seen: &[(UserId, Timestamp)]) -> Result<(), RepositoryError> {
        let mut state = self.store.lock()?;
        for (user_id, at) in seen {
            if let Some(stored) = entry(&mut state, *user_id) {
                stored.last_seen_at = stored.last_seen_at.max(Some(*at));
            }
        }
        Ok(())
    }
}
