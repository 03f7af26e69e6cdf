//! Events within one process.

use async_trait::async_trait;
use domain::model::{Delivery, Event};
use domain::port::{Broadcaster, EventStream};
use tokio::sync::broadcast;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::BroadcastStream;

/// Carries events within one process: for a node with an embedded store, which has nobody else to tell.
///
/// Events arrive in the order of publishing, once, unless a subscriber falls behind by more than the capacity:
/// then it receives one `Lagged` in place of what it missed and goes on with the oldest event still kept.
#[derive(Debug, Clone)]
pub struct LocalBroadcaster {
    sender: broadcast::Sender<Event>,
}

impl LocalBroadcaster {
    /// How many events are kept for slow subscribers, all subscribers together: a few seconds at full load.
    pub const CAPACITY: usize = 4096;

    /// Makes a broadcaster without subscribers that keeps [`Self::CAPACITY`] events.
    pub fn new() -> Self {
        Self::with_capacity(Self::CAPACITY)
    }

    /// Makes one that keeps that many events, rounded up to a power of two and at least one.
    pub fn with_capacity(events: usize) -> Self {
        Self { sender: broadcast::Sender::new(events.max(1)) }
    }
}

impl Default for LocalBroadcaster {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Broadcaster for LocalBroadcaster {
    async fn publish(&self, event: Event) {
        // The only error is that nobody listens.
        let _ = self.sender.send(event);
    }

    fn subscribe(&self) -> EventStream {
        let received = BroadcastStream::new(self.sender.subscribe());
        Box::pin(received.map(|next| next.map_or(Delivery::Lagged, Delivery::Event)))
    }
}
