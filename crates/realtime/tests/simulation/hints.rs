//! A broadcaster that does everything its contract allows: hints get lost, come twice, late and in any order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::model::{Delivery, Event};
use domain::port::{Broadcaster, EventStream};
use futures_util::stream::unfold;
use tokio::sync::broadcast;
use tokio_util::task::TaskTracker;

use crate::chance::Chance;

/// Within how many milliseconds a late hint comes.
const LATE: usize = 400;
/// Within how many milliseconds subscribers are told of a loss.
const TOLD: usize = 5000;

/// Carries hints as badly as it may.
pub(crate) struct BadHints {
    chance: Chance,
    /// Whether hints get lost: whoever is told so reads everything again, and that heals other faults too.
    loses: bool,
    /// While true it is as good as it gets.
    pub(crate) good: AtomicBool,
    sender: broadcast::Sender<Delivery>,
    tasks: TaskTracker,
}

impl BadHints {
    pub(crate) fn new(seed: u64, loses: bool) -> Arc<Self> {
        let (sender, tasks) = (broadcast::Sender::new(1 << 14), TaskTracker::new());
        Arc::new(Self { chance: Chance::new(seed), loses, good: AtomicBool::new(true), sender, tasks })
    }

    /// Says that something was lost.
    pub(crate) fn lag(&self) {
        if self.loses {
            let _ = self.sender.send(Delivery::Lagged);
        }
    }

    fn send_later(&self, delivery: Delivery, within: usize) {
        let (sender, after) = (self.sender.clone(), self.chance.millis(within));
        self.tasks.spawn(async move {
            tokio::time::sleep(after).await;
            let _ = sender.send(delivery);
        });
    }
}

#[async_trait::async_trait]
impl Broadcaster for BadHints {
    async fn publish(&self, event: Event) {
        let delivery = Delivery::Event(event);
        if self.good.load(Ordering::SeqCst) {
            let _ = self.sender.send(delivery);
            return;
        }
        match self.chance.below(8) {
            // A room finds out by itself that it missed a change; of everything else it has to be told.
            0 if matches!(delivery, Delivery::Event(Event::Timeline(_))) && self.chance.one_in(2) => {}
            0 if self.loses => self.send_later(Delivery::Lagged, TOLD),
            1 => {
                let _ = self.sender.send(delivery.clone());
                self.send_later(delivery, LATE);
            }
            0 | 2 | 3 => self.send_later(delivery, LATE),
            _ => {
                let _ = self.sender.send(delivery);
            }
        }
    }

    fn subscribe(&self) -> EventStream {
        Box::pin(unfold(self.sender.subscribe(), |mut receiver| async move {
            let delivery = match receiver.recv().await {
                Ok(delivery) => delivery,
                Err(broadcast::error::RecvError::Lagged(_)) => Delivery::Lagged,
                Err(broadcast::error::RecvError::Closed) => return None,
            };
            Some((delivery, receiver))
        }))
    }
}
