//! Tells this node's subscribers what the change stream brought, in its order.

use std::collections::HashSet;
use std::sync::Arc;

use domain::model::{Delivery, Event};
use tokio::sync::{broadcast, mpsc};
use tracing::warn;

use crate::collections::Collections;
use crate::document::StoredMessage;
use crate::previews::{Previews, look_up, with_preview};

/// The most arrivals that share a look-up.
const BATCH: usize = 256;

/// What the change stream brought.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// A message that was stored or changed.
    Message(Box<StoredMessage>),
    /// Anything else.
    Other(Delivery),
}

/// The task that tells. It looks up what answered messages say now; meanwhile the stream is read on, and what comes is
/// the next batch.
#[derive(Debug)]
pub(crate) struct Teller {
    pub(crate) collections: Collections,
    pub(crate) deliveries: broadcast::Sender<Delivery>,
}

impl Teller {
    /// Tells until nothing can come any more.
    pub(crate) async fn run(self, mut arrived: mpsc::Receiver<Arrival>) {
        let mut batch = Vec::new();
        while arrived.recv_many(&mut batch, BATCH).await > 0 {
            self.tell(&mut batch).await;
        }
    }

    async fn tell(&self, batch: &mut Vec<Arrival>) {
        let answered = |arrival: &Arrival| match arrival {
            Arrival::Message(stored) => stored.answers,
            Arrival::Other(_) => None,
        };
        let answered: HashSet<_> = batch.iter().filter_map(answered).collect();
        let looked_up = self.collections.within(look_up(&self.collections, answered)).await;
        let unknown = looked_up.is_err();
        let previews = looked_up.unwrap_or_else(|cause| {
            warn!(?cause, "answered messages can't be looked up; subscribers are sent to the store");
            Previews::new()
        });
        for arrival in batch.drain(..) {
            let delivery = match arrival {
                Arrival::Other(delivery) => delivery,
                // Without what it answers the message would be another one than the store gives out.
                Arrival::Message(stored) if unknown && stored.answers.is_some() => Delivery::Lagged,
                Arrival::Message(stored) => {
                    Delivery::Event(Event::Timeline(Arc::new(with_preview(*stored, &previews))))
                }
            };
            // The only error is that nobody on this node listens.
            let _ = self.deliveries.send(delivery);
        }
    }
}
