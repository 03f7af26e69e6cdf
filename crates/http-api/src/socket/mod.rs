//! WebSockets (RFC 6455) on the bare TCP stream: one small task a connection, and no buffer while it is idle.
//!
//! `handshake` checks the request, `upgrade` answers it and takes the stream over from HTTP, `session` joins
//! the two directions in one task, `frame_reader` and `frame_writer` know the bytes.

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

pub(crate) use counters::SocketCounters;
pub(crate) use handshake::Handshake;
pub(crate) use upgrade::upgrade;
