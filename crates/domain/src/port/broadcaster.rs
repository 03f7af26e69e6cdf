//! How nodes tell each other what happened.

use std::pin::Pin;

use async_trait::async_trait;
use futures_core::Stream;

use crate::model::{Delivery, Event};

/// A subscription; it ends only when the broadcaster is gone.
pub type EventStream = Pin<Box<dyn Stream<Item = Delivery> + Send>>;

/// Carries events to every subscriber on every node, the publisher's own node included.
///
/// It is only a hint: an event may be lost (then `Lagged` is delivered sooner or later), come twice or come
/// out of order. Correctness comes from the numbered timeline in the store, which a receiver reads whenever
/// numbers don't follow each other. A publisher may assume nothing but that publishing doesn't fail its work.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Broadcaster: Send + Sync {
    /// Announces an event, after it is durable. Never waits for a slow subscriber; failures are logged by the
    /// adapter.
    async fn publish(&self, event: Event);

    /// Subscribes to everything published from now on. A subscriber that falls behind receives `Lagged`.
    fn subscribe(&self) -> EventStream;
}
