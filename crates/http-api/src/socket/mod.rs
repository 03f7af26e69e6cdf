//! WebSockets (RFC 6455) on the bare TCP stream: one small task a connection, and no buffer while it is idle.
//!
//! `handshake` checks the request, `upgrade` answers it and takes the stream over from HTTP, `session` joins
//! the two directions in one task, `connection` is what they carry, `frame_reader` and `frame_writer` know the bytes.

mod connection;
mod counters;
mod frame_reader;
mod frame_writer;
mod handshake;
mod link;
mod reader;
mod session;
mod strikes;
mod upgrade;
mod writer;

pub(crate) use connection::{Connection, Received};
pub(crate) use counters::SocketCounters;
pub(crate) use frame_reader::{FrameReader, Incoming, Violation};
pub(crate) use handshake::Handshake;
pub(crate) use link::{PROTOCOL_ERROR, TOO_LARGE, close_back};
pub(crate) use session::{run, turn_away};
pub(crate) use strikes::PerMinute;
pub(crate) use upgrade::{refuse_while_stopping, upgrade};
