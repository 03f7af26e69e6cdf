//! A cache before the store of sessions, so that a request doesn't cost a database read.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use domain::model::{Event, NewSession, Session, SessionId, SessionUser, UserId};
use domain::port::{RepositoryError, Rotation, RotationRequest, SessionRepository};
use tokio::time::Instant;

use crate::session_table::SessionTable;

/// So that requests on all cores seldom wait for each other.
const SHARDS: usize = 16;

/// Remembers what [`SessionRepository::find`] found. A session that ends here is forgotten before the call that
/// ended it returns; one that ends on another node as soon as its event is handed to [`Self::invalidate`]; and
/// whatever is missed, after the time to live. A look-up that began before that is never remembered. Absence
/// isn't remembered either.
///
/// The user of a remembered session is as they were when it was found. [`crate::WatchedUserRepository`] has the
/// cache forget those whose accounts change here.
pub struct SessionCache {
    inner: Arc<dyn SessionRepository>,
    shards: Vec<Mutex<SessionTable>>,
    time_to_live: Duration,
}

impl SessionCache {
    /// How many sessions are remembered unless told otherwise.
    pub const CAPACITY: usize = 20_000;
    /// How long a session is remembered unless told otherwise.
    pub const TIME_TO_LIVE: Duration = Duration::from_secs(30);

    /// Puts a cache of the usual size before that store.
    pub fn new(inner: Arc<dyn SessionRepository>) -> Self {
        Self::with_limits(inner, Self::CAPACITY, Self::TIME_TO_LIVE)
    }

    /// Puts a cache before that store that remembers about `capacity` sessions (at least 16), each for at most
    /// `time_to_live`.
    pub fn with_limits(inner: Arc<dyn SessionRepository>, capacity: usize, time_to_live: Duration) -> Self {
        let table = || Mutex::new(SessionTable::new((capacity / SHARDS).max(1)));
        Self { inner, shards: (0..SHARDS).map(|_| table()).collect(), time_to_live }
    }

    /// Forgets what an event says has changed; other events change nothing. To be called with every event, also
    /// with those of other nodes.
    pub fn invalidate(&self, event: &Event) {
        match event {
            Event::SessionRevoked { session_id, .. } => self.forget(*session_id),
            Event::UserRevoked { user_id, .. } | Event::UserChanged(user_id) => self.forget_user(*user_id),
            Event::Timeline(_)
            | Event::Connected(_)
            | Event::Disconnected(_)
            | Event::MemberJoined(..)
            | Event::MemberLeft(_)
            | Event::RoomChanged(_)
            | Event::Marked(_)
            | Event::Typing(_)
            | Event::Presence(_) => {}
        }
    }

    /// Forgets everything. To be called where events were lost.
    pub fn clear(&self) {
        for shard in &self.shards {
            lock(shard).clear();
        }
    }

    fn forget(&self, id: SessionId) {
        self.shard(id).remove(id);
    }

    pub(crate) fn forget_user(&self, user_id: UserId) {
        for shard in &self.shards {
            lock(shard).remove_user(user_id);
        }
    }

    fn shard(&self, id: SessionId) -> MutexGuard<'_, SessionTable> {
        // The last byte of an id counts, so sessions spread evenly.
        let [.., last] = id.id().to_bytes();
        lock(&self.shards[usize::from(last) % SHARDS])
    }
}

fn lock(shard: &Mutex<SessionTable>) -> MutexGuard<'_, SessionTable> {
    // No step of the table can panic half-way.
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl SessionRepository for SessionCache {
    async fn insert(&self, new: NewSession) -> Result<(), RepositoryError> {
        self.inner.insert(new).await
    }

    async fn find(&self, id: SessionId) -> Result<Option<SessionUser>, RepositoryError> {
        let began = Instant::now();
        let generation = {
            let table = self.shard(id);
            if let Some(live) = table.get(id, began) {
                return Ok(Some(live));
            }
            table.generation()
        };
        let found = self.inner.find(id).await?;
        if let Some(live) = &found {
            let fresh_until = began + self.time_to_live;
            self.shard(id).insert(generation, live.clone(), Instant::now(), fresh_until);
        }
        Ok(found)
    }

    async fn list(&self, user_id: UserId) -> Result<Vec<Session>, RepositoryError> {
        self.inner.list(user_id).await
    }

    async fn rotate(&self, request: RotationRequest) -> Result<Rotation, RepositoryError> {
        let outcome = self.inner.rotate(request).await;
        match &outcome {
            Ok(Rotation::Rotated(live)) => self.forget(live.session.id),
            Ok(Rotation::Reused(session)) => self.forget(session.id),
            Ok(Rotation::Unknown) => {}
            // It may have ended a session, and only the store knows which.
            Err(_) => self.clear(),
        }
        outcome
    }

    async fn revoke(&self, user_id: UserId, id: SessionId) -> Result<bool, RepositoryError> {
        let _forget = Finally(|| self.forget(id));
        self.inner.revoke(user_id, id).await
    }

    async fn revoke_all(&self, user_id: UserId, except: Option<SessionId>) -> Result<u64, RepositoryError> {
        let _forget = Finally(|| self.forget_user(user_id));
        self.inner.revoke_all(user_id, except).await
    }
}

impl fmt::Debug for SessionCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionCache").field("time_to_live", &self.time_to_live).finish_non_exhaustive()
    }
}

/// Does something on the way out, also if the call failed or its caller stopped waiting: the store may have done
/// its part even so.
pub(crate) struct Finally<F: Fn()>(pub(crate) F);

impl<F: Fn()> Drop for Finally<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
