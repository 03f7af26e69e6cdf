//! How a gateway behaves.

use std::time::Duration;

/// Bounds and times of a [`Gateway`](crate::Gateway). The defaults are those of the protocol.
#[derive(Debug, Clone)]
pub struct GatewayOptions {
    /// How many of the newest messages the replica keeps of each room.
    pub messages_per_room: usize,
    /// How many events wait to be taken; beyond, they are left out and `Missed` is told.
    pub events: usize,
    /// How many commands wait for their answers; beyond, they are refused.
    pub commands: usize,
    /// After how long without any frame a connection is given up.
    pub silence: Duration,
    /// How long opening a connection may take.
    pub connect_timeout: Duration,
    /// The bound of the first wait before a reconnect; doubled for each that follows.
    pub backoff_min: Duration,
    /// The bound of all of them.
    pub backoff_max: Duration,
    /// The room to be caught up with first, by id or name.
    pub focus: Option<String>,
}

impl Default for GatewayOptions {
    fn default() -> Self {
        Self {
            messages_per_room: 1000,
            events: 4096,
            commands: 1000,
            silence: Duration::from_secs(40),
            connect_timeout: Duration::from_secs(10),
            backoff_min: Duration::from_millis(500),
            backoff_max: Duration::from_secs(30),
            focus: None,
        }
    }
}
