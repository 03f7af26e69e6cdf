//! The ports on MongoDB, with a broadcaster over one change stream.
//!
//! Every write waits for a majority and its journal; every read sees what a majority has. Timelines are written by
//! one task per room and node in batches, optimistically under unique indexes, so that several nodes can write to
//! the same room without transactions. A replica set (one member is enough) is the norm; a standalone server
//! serves a single node.

mod access_loader;
mod batcher;
mod broadcaster;
mod collections;
mod dataset_repository;
mod document;
mod error;
mod follower;
mod gather;
mod grants;
mod head;
mod lease;
mod membership_repository;
mod message_repository;
mod migration;
mod overview;
mod presence_repository;
mod presence_signal;
mod previews;
mod read_state_repository;
mod recent;
mod recent_rooms;
mod room_repository;
mod session_repository;
mod signal;
mod signal_writer;
mod store;
mod teller;
mod thread_repository;
mod ticket_repository;
mod unread;
mod user_repository;

pub use broadcaster::MongoBroadcaster;
pub use dataset_repository::MongoDatasetRepository;
pub use membership_repository::MongoMembershipRepository;
pub use message_repository::MongoMessageRepository;
pub use migration::{MigrationError, MigrationStatus};
pub use presence_repository::MongoPresenceRepository;
pub use read_state_repository::MongoReadStateRepository;
pub use room_repository::MongoRoomRepository;
pub use session_repository::MongoSessionRepository;
pub use store::{ConnectError, MongoOptions, MongoStore};
pub use thread_repository::MongoThreadRepository;
pub use ticket_repository::MongoTicketRepository;
pub use user_repository::MongoUserRepository;
