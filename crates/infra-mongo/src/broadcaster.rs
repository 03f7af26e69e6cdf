//! Events between nodes: one change stream each, on timelines and on what nodes leave for each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bson::oid::ObjectId;
use domain::model::{Delivery, Event};
use domain::port::{Broadcaster, EventStream};
use futures_util::stream;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use tracing::warn;

use crate::collections::Collections;
use crate::follower::{self, Follower};
use crate::recent::Recent;
use crate::signal;
use crate::signal_writer::{QueuedSignal, SignalWriter};
use crate::teller::Teller;

/// How many events are kept for a subscriber that is slow.
const CAPACITY: usize = 4096;
/// How many events of other nodes wait to be told before the change stream waits.
const ARRIVALS: usize = 1024;
/// How many events wait to be left for other nodes.
const SIGNALS: usize = 4096;
/// How many of those places are kept free of what is worth nothing late.
const RESERVED: usize = SIGNALS / 2;

/// Tells this node's events to its own subscribers at once and to other nodes through the database. A message's
/// change reaches other nodes from the timeline itself, so that none is missed even if its writer died before it
/// could tell.
#[derive(Debug)]
pub struct MongoBroadcaster {
    node: ObjectId,
    deliveries: broadcast::Sender<Delivery>,
    signals: mpsc::Sender<QueuedSignal>,
    /// Whether events for other nodes were lost since they were last told.
    lost: Arc<AtomicBool>,
    recent: Arc<Recent>,
    _follower: DropGuard,
}

impl MongoBroadcaster {
    /// Opens the change stream; everything that happens from now on is seen.
    pub(crate) async fn start(collections: Collections, tasks: &TaskTracker) -> Result<Self, mongodb::error::Error> {
        let node = ObjectId::new();
        let (deliveries, _) = broadcast::channel(CAPACITY);
        let (signals, queued) = mpsc::channel(SIGNALS);
        let (lost, recent, stop) = (Arc::default(), Arc::default(), CancellationToken::new());
        let stream = follower::open(&collections, None).await?;
        let (arrivals, arrived) = mpsc::channel(ARRIVALS);
        let teller = Teller { collections: collections.clone(), deliveries: deliveries.clone() };
        tasks.spawn(stop.clone().run_until_cancelled_owned(teller.run(arrived)));
        let follower = Follower { collections: collections.clone(), node, arrivals, recent: Arc::clone(&recent) };
        tasks.spawn(stop.clone().run_until_cancelled_owned(follower.run(stream)));
        let writer = SignalWriter { collections, node, lost: Arc::clone(&lost) };
        tasks.spawn(writer.run(queued));
        Ok(Self { node, deliveries, signals, lost, recent, _follower: stop.drop_guard() })
    }

    /// Waits until everything published so far was left for other nodes, or given up: to be called before the
    /// process ends.
    pub async fn flush(&self) {
        let (sender, done) = oneshot::channel();
        if self.signals.send(QueuedSignal::Flush(sender)).await.is_ok() {
            // An error means that the task is gone, and with it what was queued.
            let _ = done.await;
        }
    }

    /// Queues what other nodes don't see in the timelines.
    fn tell_others(&self, event: &Event) {
        let fleeting = signal::is_fleeting(event);
        // Nobody misses those: who still writes says so again, and every node tells from time to time who is there.
        if fleeting && self.signals.capacity() < RESERVED {
            return;
        }
        let Some(document) = signal::write(event, self.node) else {
            return;
        };
        let queued = if fleeting { QueuedSignal::Fleeting(document) } else { QueuedSignal::Event(document) };
        if self.signals.try_send(queued).is_err() && !fleeting {
            warn!("events for other nodes come faster than the database takes them; one was dropped");
            self.lost.store(true, Ordering::Release);
        }
    }
}

#[async_trait]
impl Broadcaster for MongoBroadcaster {
    async fn publish(&self, event: Event) {
        if let Event::Timeline(message) = &event {
            self.recent.note(message.id, message.rev);
        }
        self.tell_others(&event);
        // The only error is that nobody on this node listens.
        let _ = self.deliveries.send(Delivery::Event(event));
    }

    fn subscribe(&self) -> EventStream {
        let receiver = self.deliveries.subscribe();
        Box::pin(stream::unfold(receiver, |mut receiver| async move {
            match receiver.recv().await {
                Ok(delivery) => Some((delivery, receiver)),
                Err(RecvError::Lagged(_)) => Some((Delivery::Lagged, receiver)),
                Err(RecvError::Closed) => None,
            }
        }))
    }
}
