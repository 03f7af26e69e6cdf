//! The ports together, as use cases take them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::port::{
    AccessTokens, Broadcaster, Clock, DatasetRepository, IdGenerator, MembershipRepository, MessageRepository,
    PasswordHasher, PresenceRepository, ReadStateRepository, RoomRepository, SecretGenerator, SessionRepository,
    ThreadRepository, TicketRepository, UserRepository,
};

/// How long log-ins last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionPolicy {
    /// How long an access token is accepted.
    pub access_lifetime: Duration,
    /// How long a session lasts without being refreshed.
    pub session_lifetime: Duration,
}

impl Default for SessionPolicy {
    /// An hour and thirty days.
    fn default() -> Self {
        Self { access_lifetime: Duration::from_secs(3600), session_lifetime: Duration::from_secs(30 * 24 * 3600) }
    }
}

/// Every port, by the adapter chosen for it. Cheap to clone.
#[derive(Clone)]
pub struct Ports {
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
    /// How nodes tell each other what happened.
    pub broadcaster: Arc<dyn Broadcaster>,
    /// Password hashing.
    pub passwords: Arc<dyn PasswordHasher>,
    /// Access tokens.
    pub access_tokens: Arc<dyn AccessTokens>,
    /// Opaque secrets.
    pub secrets: Arc<dyn SecretGenerator>,
    /// Time of day.
    pub clock: Arc<dyn Clock>,
    /// Identifiers.
    pub ids: Arc<dyn IdGenerator>,
    /// How long log-ins last.
    pub session_policy: SessionPolicy,
}

impl fmt::Debug for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ports").field("session_policy", &self.session_policy).finish_non_exhaustive()
    }
}

#[cfg(any(test, feature = "mocks"))]
mod mocks {
    use std::sync::Arc;

    use super::{Ports, SessionPolicy};
    use crate::port::{
        MockAccessTokens, MockBroadcaster, MockClock, MockDatasetRepository, MockIdGenerator, MockMembershipRepository,
        MockMessageRepository, MockPasswordHasher, MockPresenceRepository, MockReadStateRepository, MockRoomRepository,
        MockSecretGenerator, MockSessionRepository, MockThreadRepository, MockTicketRepository, MockUserRepository,
    };

    /// A double for every port. One that is called without an expectation panics and says which.
    #[derive(Default)]
    #[allow(missing_docs, missing_debug_implementations, reason = "each field is the double of the port of that name")]
    pub struct MockPorts {
        pub users: MockUserRepository,
        pub sessions: MockSessionRepository,
        pub rooms: MockRoomRepository,
        pub memberships: MockMembershipRepository,
        pub messages: MockMessageRepository,
        pub read_states: MockReadStateRepository,
        pub threads: MockThreadRepository,
        pub presences: MockPresenceRepository,
        pub tickets: MockTicketRepository,
        pub dataset: MockDatasetRepository,
        pub broadcaster: MockBroadcaster,
        pub passwords: MockPasswordHasher,
        pub access_tokens: MockAccessTokens,
        pub secrets: MockSecretGenerator,
        pub clock: MockClock,
        pub ids: MockIdGenerator,
    }

    impl MockPorts {
        /// Gives the doubles as ports.
        pub fn into_ports(self) -> Ports {
            Ports {
                users: Arc::new(self.users),
                sessions: Arc::new(self.sessions),
                rooms: Arc::new(self.rooms),
                memberships: Arc::new(self.memberships),
                messages: Arc::new(self.messages),
                read_states: Arc::new(self.read_states),
                threads: Arc::new(self.threads),
                presences: Arc::new(self.presences),
                tickets: Arc::new(self.tickets),
                dataset: Arc::new(self.dataset),
                broadcaster: Arc::new(self.broadcaster),
                passwords: Arc::new(self.passwords),
                access_tokens: Arc::new(self.access_tokens),
                secrets: Arc::new(self.secrets),
                clock: Arc::new(self.clock),
                ids: Arc::new(self.ids),
                session_policy: SessionPolicy::default(),
            }
        }
    }
}

#[cfg(any(test, feature = "mocks"))]
pub use mocks::MockPorts;
