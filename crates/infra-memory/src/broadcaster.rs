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

#[cfg(test)]
mod tests {
    use domain::model::{Id, UserId};

    use super::*;

    fn event(number: u8) -> Event {
        Event::UserRevoked { user_id: UserId::new(Id::from_bytes([number; 12])), disabled: false }
    }

    #[tokio::test]
    async fn a_slow_subscriber_is_told_once_of_its_loss_and_goes_on_with_the_oldest_kept() {
        let broadcaster = LocalBroadcaster::with_capacity(4);
        let mut slow = broadcaster.subscribe();
        for number in 1..=10 {
            broadcaster.publish(event(number)).await;
        }
        assert_eq!(slow.next().await, Some(Delivery::Lagged));
        for number in 7..=10 {
            assert_eq!(slow.next().await, Some(Delivery::Event(event(number))));
        }
    }

    #[tokio::test]
    async fn a_subscription_ends_when_the_broadcaster_is_gone() {
        let broadcaster = LocalBroadcaster::default();
        let mut subscriber = broadcaster.subscribe();
        broadcaster.publish(event(1)).await;
        drop(broadcaster);
        assert_eq!(subscriber.next().await, Some(Delivery::Event(event(1))));
        assert_eq!(subscriber.next().await, None);
    }
}
