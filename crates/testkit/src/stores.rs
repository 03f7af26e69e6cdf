//! The repositories of one store, as the contract takes them.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use domain::port::{
    DatasetRepository, MembershipRepository, MessageRepository, PresenceRepository, ReadStateRepository,
    RoomRepository, SessionRepository, ThreadRepository, TicketRepository, UserRepository,
};

/// The repositories of one fresh, empty store.
pub struct Stores {
    /// Accounts.
    pub users: Arc<dyn UserRepository>,
    /// Log-ins.
    pub sessions: Arc<dyn SessionRepository>,
    /// Rooms.
    pub rooms: Arc<dyn RoomRepository>,
    /// Who belongs to which room.
    pub memberships: Arc<dyn MembershipRepository>,
    /// Timelines.
    pub messages: Arc<dyn MessageRepository>,
    /// Read positions.
    pub read_states: Arc<dyn ReadStateRepository>,
    /// Threads.
    pub threads: Arc<dyn ThreadRepository>,
    /// What is kept about presence.
    pub presences: Arc<dyn PresenceRepository>,
    /// Tickets to the gateway.
    pub tickets: Arc<dyn TicketRepository>,
    /// The data set as a whole.
    pub dataset: Arc<dyn DatasetRepository>,
    /// Keeps whatever the store lives in (a temporary directory, a container) until the case is over.
    pub guard: Box<dyn Any + Send + Sync>,
}

impl fmt::Debug for Stores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stores").finish_non_exhaustive()
    }
}
