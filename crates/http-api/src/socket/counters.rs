//! The counters that sockets touch for every frame.

use metrics::{Counter, counter};

/// Counters, looked up once: looking one up by name costs a good part of what a delivery costs.
pub(crate) struct SocketCounters {
    /// Text frames from clients.
    pub(super) frames_received: Counter,
    /// Text frames to clients.
    pub(super) frames_sent: Counter,
    /// Writes to sockets, each with as many frames as waited.
    pub(super) writes: Counter,
}

impl SocketCounters {
    /// Looks the counters up; the recorder has to be there by now.
    pub(crate) fn new() -> Self {
        Self {
            frames_received: counter!("chinwag_socket_frames_received_total"),
            frames_sent: counter!("chinwag_socket_frames_sent_total"),
            writes: counter!("chinwag_socket_writes_total"),
        }
    }
}
