//! Who is connected and what they get: registry, per-room fan-out, catch-up, presence, bounded queues.
//!
//! This crate knows no transport. An edge asks the [`Hub`] for a connection, hands it what comes in, and sends the
//! frames that [`GatewayConnection::drain`] or [`SeedConnection::drain`] give out.
//!
//! The walk of an event: the dispatcher reads the broadcaster and hands events to the room's task; the room's
//! task puts them in order of `rev`, reads what is missing from the store, encodes each frame once and queues
//! the same bytes for every subscriber; each connection drains its own queue.

mod close_reason;
mod dispatch;
mod error;
mod frame;
mod gateway;
mod hub;
mod notices;
mod outbox;
mod presence;
mod registry;
mod room;
mod room_task;
mod seed_connection;
mod timeline;
mod typing;

pub use close_reason::CloseReason;
pub use error::ConnectError;
pub use gateway::GatewayConnection;
pub use hub::{Hub, HubOptions};
pub use outbox::Drained;
pub use seed_connection::SeedConnection;
