//! What the use cases need from the outside, one trait a file.
//!
//! Rules that hold for every repository: what a method returned reads back equal; absence is `None`; a method
//! that says «atomic» is so under concurrency and across processes; text is data, whatever is in it.

mod access_tokens;
mod broadcaster;
mod clock;
mod dataset_repository;
mod error;
mod id_generator;
mod membership_repository;
mod message_repository;
mod password_hasher;
mod presence_repository;
mod read_state_repository;
mod room_repository;
mod secret_generator;
mod session_repository;
mod thread_repository;
mod ticket_repository;
mod user_repository;

pub use access_tokens::{AccessClaims, AccessTokenError, AccessTokens};
pub use broadcaster::{Broadcaster, EventStream};
pub use clock::Clock;
pub use dataset_repository::DatasetRepository;
pub use error::{Cause, Constraint, RepositoryError};
pub use id_generator::IdGenerator;
pub use membership_repository::{Joined, MembershipRepository};
pub use message_repository::{AppendError, Appended, Changed, MessageRepository};
pub use password_hasher::{PasswordCheck, PasswordError, PasswordHasher};
pub use presence_repository::PresenceRepository;
pub use read_state_repository::{Marking, ReadStateRepository};
pub use room_repository::RoomRepository;
pub use secret_generator::SecretGenerator;
pub use session_repository::{Rotation, RotationRequest, SessionRepository};
pub use thread_repository::ThreadRepository;
pub use ticket_repository::TicketRepository;
pub use user_repository::{Credentials, UserRepository};

#[cfg(any(test, feature = "mocks"))]
pub use {
    access_tokens::MockAccessTokens, broadcaster::MockBroadcaster, clock::MockClock,
    dataset_repository::MockDatasetRepository, id_generator::MockIdGenerator,
    membership_repository::MockMembershipRepository, message_repository::MockMessageRepository,
    password_hasher::MockPasswordHasher, presence_repository::MockPresenceRepository,
    read_state_repository::MockReadStateRepository, room_repository::MockRoomRepository,
    secret_generator::MockSecretGenerator, session_repository::MockSessionRepository,
    thread_repository::MockThreadRepository, ticket_repository::MockTicketRepository,
    user_repository::MockUserRepository,
};
