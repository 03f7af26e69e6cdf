//! One connection to everything its user can see.
//!
//! `connection` is what an edge holds, `commands` carries out what clients ask for, `sync` begins delivery and `catch_up`
//! reads what was missed; `link` is what the hub and the connection share.

mod catch_up;
mod commands;
mod connection;
mod link;
mod refusal;
mod sync;

pub use connection::GatewayConnection;
pub(crate) use link::Link;
