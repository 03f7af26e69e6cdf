//! The two ends of a broadcaster, as the contract takes them.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use domain::port::Broadcaster;

/// Two ends of one broadcaster: the same node twice, or two nodes of one cluster.
pub struct Broadcasters {
    /// Where events are published.
    pub publisher: Arc<dyn Broadcaster>,
    /// Where they must arrive, besides at the publisher's own subscribers.
    pub subscriber: Arc<dyn Broadcaster>,
    /// Keeps whatever the broadcaster lives in until the case is over.
    pub guard: Box<dyn Any + Send + Sync>,
}

impl fmt::Debug for Broadcasters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Broadcasters").finish_non_exhaustive()
    }
}
