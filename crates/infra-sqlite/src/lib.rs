//! The ports on an embedded SQLite database with group commit.
//!
//! [`SqliteStore`] opens `DATA_DIR/chinwag.db`, gives out one repository per port and owns threads and memory:
//! - one writer: everything queued becomes one transaction, synced once, and only then is anybody answered
//!   (acknowledged means durable, shown means durable);
//! - a few readers, which see only what is committed, each question in one snapshot;
//! - what was read lately of rooms and memberships, forgotten by the writer as it changes them;
//! - tickets to the gateway, which needn't outlive the process.
//!
//! One process has the directory to itself ([`DataDirLock`]), so that what the store remembers stays true. Another
//! process may read meanwhile: [`backup`], [`verify`] and [`migration_status`] do.

mod accesses;
mod append;
mod change;
mod checksum;
mod connection;
mod copy;
mod data_dir_lock;
mod dataset_repository;
mod error;
mod heads;
mod health;
mod job;
mod membership_repository;
mod mentions;
mod message_repository;
mod message_row;
mod migration;
mod options;
mod place;
mod presence_repository;
mod reactions;
mod read_state;
mod read_state_repository;
mod readers;
mod room_repository;
mod rows;
mod session_repository;
mod store;
mod thread_repository;
mod ticket_repository;
mod timeline;
mod user_repository;
mod verify;
mod write_loop;
mod writer;

pub use copy::{backup, restore};
pub use data_dir_lock::DataDirLock;
pub use dataset_repository::SqliteDatasetRepository;
pub use error::OpenError;
pub use health::Statistics;
pub use membership_repository::SqliteMembershipRepository;
pub use message_repository::SqliteMessageRepository;
pub use migration::{Migration, MigrationStatus, migrate, migration_status};
pub use options::SqliteOptions;
pub use presence_repository::SqlitePresenceRepository;
pub use read_state_repository::SqliteReadStateRepository;
pub use room_repository::SqliteRoomRepository;
pub use session_repository::SqliteSessionRepository;
pub use store::SqliteStore;
pub use thread_repository::SqliteThreadRepository;
pub use ticket_repository::SqliteTicketRepository;
pub use user_repository::SqliteUserRepository;
pub use verify::{verify, verify_file};
