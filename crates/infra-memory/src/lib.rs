//! The ports in memory, with the semantics of the durable stores, for tests and embedding.
//!
//! [`MemoryStore`] keeps everything in one place and hands out one repository per port; clones share it.
//! [`LocalBroadcaster`] carries events within one process, which is all a node with an embedded store needs.
//! Nothing outlives the process.

mod broadcaster;
mod dataset_repository;
mod membership_repository;
mod message_repository;
mod presence_repository;
mod read_state_repository;
mod room_repository;
mod session_repository;
mod state;
mod store;
mod thread_repository;
mod ticket_repository;
mod timeline;
mod user_repository;

pub use broadcaster::LocalBroadcaster;
pub use dataset_repository::MemoryDatasetRepository;
pub use membership_repository::MemoryMembershipRepository;
pub use message_repository::MemoryMessageRepository;
pub use presence_repository::MemoryPresenceRepository;
pub use read_state_repository::MemoryReadStateRepository;
pub use room_repository::MemoryRoomRepository;
pub use session_repository::MemorySessionRepository;
pub use store::MemoryStore;
pub use thread_repository::MemoryThreadRepository;
pub use ticket_repository::MemoryTicketRepository;
pub use user_repository::MemoryUserRepository;
