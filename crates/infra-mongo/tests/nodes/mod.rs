//! What holds when several nodes, or a server that isn't there, are involved.

mod broadcaster;
mod changes;
mod migration;
mod outage;
mod read_states;
mod timeline;

use std::time::Duration;

/// Long enough for a busy machine; only a fault makes a test wait so long.
const PATIENCE: Duration = Duration::from_secs(60);
