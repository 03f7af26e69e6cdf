//! Sockets at the lowest cost for this side: bytes are read by one thread and frames counted, nothing is parsed.

mod counter;
mod readers;
mod socket;

pub(crate) use readers::Readers;
pub(crate) use socket::RawSocket;
