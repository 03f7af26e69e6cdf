//! Who is connected and what they get: registry, per-room fan-out, bounded queues.
//!
//! This crate knows no transport. An edge asks the [`Hub`] for a connection, hands it the texts that come in,
//! and sends the frames that [`SeedConnection::drain`] gives out.
//!
//! The walk of an event: the dispatcher reads the broadcaster and hands events to the room's task; the room's
//! task puts them in order of `rev`, reads what is missing from the store, encodes each frame once and queues
//! the same bytes for every subscriber; each connection drains its own queue.

mod dispatch;
mod error;
mod frame;
mod hub;
mod notices;
mod outbox;
mod room;
mod room_task;
mod seed_connection;
mod timeline;

pub use error::ConnectError;
pub use hub::{Hub, HubOptions};
pub use outbox::{CloseReason, Drained};
pub use seed_connection::SeedConnection;
