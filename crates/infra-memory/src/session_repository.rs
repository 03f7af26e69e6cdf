//! Log-ins in memory.

use std::cmp::Reverse;

use async_trait::async_trait;
use domain::model::{NewSession, Session, SessionId, SessionUser, UserId};
use domain::port::{Constraint, RepositoryError, Rotation, RotationRequest, SessionRepository};

use crate::state::{State, StoredSession};
use crate::store::MemoryStore;

/// Keeps sessions in memory.
#[derive(Debug, Clone)]
pub struct MemorySessionRepository {
    store: MemoryStore,
}

impl MemorySessionRepository {
    pub(crate) const fn new(store: MemoryStore) -> Self {
        Self { store }
    }
}

fn with_user(state: &State, session: &Session) -> Option<SessionUser> {
    let stored = state.users.get(&session.user_id)?;
    Some(SessionUser { session: session.clone(), user: stored.user.clone() })
}

fn rotate(state: &mut State, request: &RotationRequest) -> Option<Rotation> {
    let id = *state.sessions_by_digest.get(&request.presented)?;
    let stored = state.sessions.get_mut(&id)?;
    if stored.session.expires_at <= request.now {
        return None;
    }
    if stored.current != request.presented {
        return state.end_session(id).map(Rotation::Reused);
    }
    stored.current = request.successor;
    stored.digests.push(request.successor);
    stored.session.refreshed_at = request.now;
    stored.session.expires_at = request.expires_at;
    let session = stored.session.clone();
    state.sessions_by_digest.insert(request.successor, id);
    with_user(state, &session).map(Rotation::Rotated)
}

#[async_trait]
impl SessionRepository for MemorySessionRepository {
    async fn insert(&self, new: NewSession) -> Result<(), RepositoryError> {
        let NewSession { session, refresh_digest } = new;
        let mut state = self.store.lock()?;
        if state.sessions.contains_key(&session.id) {
            return Err(RepositoryError::Conflict(Constraint::IdUnique));
        }
        if !state.users.contains_key(&session.user_id) {
            return Err(RepositoryError::Conflict(Constraint::Reference));
        }
        state.sessions_by_digest.insert(refresh_digest, session.id);
        let stored = StoredSession { current: refresh_digest, digests: vec![refresh_digest], session };
        state.sessions.insert(stored.session.id, stored);
        Ok(())
    }

    async fn find(&self, id: SessionId) -> Result<Option<SessionUser>, RepositoryError> {
        let state = self.store.lock()?;
        Ok(state.sessions.get(&id).and_then(|stored| with_user(&state, &stored.session)))
    }

    async fn list(&self, user_id: UserId) -> Result<Vec<Session>, RepositoryError> {
        let state = self.store.lock()?;
        let sessions = state.sessions.values().map(|stored| &stored.session);
        let mut sessions: Vec<_> = sessions.filter(|session| session.user_id == user_id).cloned().collect();
        sessions.sort_by_key(|session| Reverse((session.created_at, session.id)));
        Ok(sessions)
    }

    async fn rotate(&self, request: RotationRequest) -> Result<Rotation, RepositoryError> {
        Ok(rotate(&mut *self.store.lock()?, &request).unwrap_or(Rotation::Unknown))
    }

    async fn revoke(&self, user_id: UserId, id: SessionId) -> Result<bool, RepositoryError> {
        let mut state = self.store.lock()?;
        let theirs = state.sessions.get(&id).is_some_and(|stored| stored.session.user_id == user_id);
        Ok(theirs && state.end_session(id).is_some())
    }

    async fn revoke_all(&self, user_id: UserId, except: Option<SessionId>) -> Result<u64, RepositoryError> {
        let mut state = self.store.lock()?;
        let sessions = state.sessions.values().map(|stored| &stored.session);
        let doomed: Vec<SessionId> = sessions
            .filter(|session| session.user_id == user_id && Some(session.id) != except)
            .map(|session| session.id)
            .collect();
        let mut ended = 0;
        for id in doomed {
            ended += u64::from(state.end_session(id).is_some());
        }
        Ok(ended)
    }
}
