//! The store as a whole: one lock around everything.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use domain::port::{
    Cause, DatasetRepository, MembershipRepository, MessageRepository, PresenceRepository, ReadStateRepository,
    RepositoryError, RoomRepository, SessionRepository, ThreadRepository, TicketRepository, UserRepository,
};

use crate::state::State;
use crate::{
    MemoryDatasetRepository, MemoryMembershipRepository, MemoryMessageRepository, MemoryPresenceRepository,
    MemoryReadStateRepository, MemoryRoomRepository, MemorySessionRepository, MemoryThreadRepository,
    MemoryTicketRepository, MemoryUserRepository,
};

/// A store in memory. Clones share it. Every operation holds one lock for as long as it takes and never across
/// an await, so every operation is atomic, and appends are stored in the order in which they were begun.
#[derive(Clone)]
pub struct MemoryStore {
    state: Arc<Mutex<State>>,
}

impl MemoryStore {
    /// Makes an empty store, a data set of its own.
    pub fn new() -> Self {
        Self { state: Arc::new(Mutex::new(State::new())) }
    }

    /// Gives the accounts.
    pub fn users(&self) -> Arc<dyn UserRepository> {
        Arc::new(MemoryUserRepository::new(self.clone()))
    }

    /// Gives the log-ins.
    pub fn sessions(&self) -> Arc<dyn SessionRepository> {
        Arc::new(MemorySessionRepository::new(self.clone()))
    }

    /// Gives the rooms.
    pub fn rooms(&self) -> Arc<dyn RoomRepository> {
        Arc::new(MemoryRoomRepository::new(self.clone()))
    }

    /// Gives the memberships.
    pub fn memberships(&self) -> Arc<dyn MembershipRepository> {
        Arc::new(MemoryMembershipRepository::new(self.clone()))
    }

    /// Gives the timelines.
    pub fn messages(&self) -> Arc<dyn MessageRepository> {
        Arc::new(MemoryMessageRepository::new(self.clone()))
    }

    /// Gives the read positions.
    pub fn read_states(&self) -> Arc<dyn ReadStateRepository> {
        Arc::new(MemoryReadStateRepository::new(self.clone()))
    }

    /// Gives the threads.
    pub fn threads(&self) -> Arc<dyn ThreadRepository> {
        Arc::new(MemoryThreadRepository::new(self.clone()))
    }

    /// Gives what is kept about presence.
    pub fn presences(&self) -> Arc<dyn PresenceRepository> {
        Arc::new(MemoryPresenceRepository::new(self.clone()))
    }

    /// Gives the tickets to the gateway.
    pub fn tickets(&self) -> Arc<dyn TicketRepository> {
        Arc::new(MemoryTicketRepository::new(self.clone()))
    }

    /// Gives the facts about the data set.
    pub fn dataset(&self) -> Arc<dyn DatasetRepository> {
        Arc::new(MemoryDatasetRepository::new(self.clone()))
    }

    /// Locks everything. Fails once a thread panicked while it held the lock: nobody knows then what it left
    /// half done.
    pub(crate) fn lock(&self) -> Result<MutexGuard<'_, State>, RepositoryError> {
        self.state.lock().map_err(|_| RepositoryError::Corrupt(Cause::new("an earlier operation panicked half-way")))
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}
