//! Leaves events for other nodes in the database, in the background.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bson::Document;
use bson::oid::ObjectId;
use domain::port::RepositoryError;
use mongodb::options::{Acknowledgment, WriteConcern};
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;
use tracing::warn;

use crate::collections::Collections;
use crate::error::classify;
use crate::signal;

/// The most events that are written at once.
const BATCH: usize = 256;
/// How often, and how far apart, events are tried to be left before they are given up.
const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(500);

/// What is handed to the task that leaves events for other nodes.
#[derive(Debug)]
pub(crate) enum QueuedSignal {
    /// An event.
    Event(Document),
    /// An event that is worth nothing late.
    Fleeting(Document),
    /// Somebody who waits until everything before is left.
    Flush(oneshot::Sender<()>),
}

/// The task that leaves events.
#[derive(Debug)]
pub(crate) struct SignalWriter {
    pub(crate) collections: Collections,
    pub(crate) node: ObjectId,
    /// Whether events were lost since other nodes were last told so.
    pub(crate) lost: Arc<AtomicBool>,
}

impl SignalWriter {
    /// Writes until the broadcaster is gone.
    pub(crate) async fn run(self, mut queued: mpsc::Receiver<QueuedSignal>) {
        let mut batch = Vec::new();
        while queued.recv_many(&mut batch, BATCH).await > 0 {
            let (mut documents, mut fleeting, mut waiting) = (Vec::new(), HashSet::new(), Vec::new());
            for signal in batch.drain(..) {
                match signal {
                    QueuedSignal::Event(document) => documents.push(document),
                    QueuedSignal::Fleeting(document) => {
                        fleeting.extend(document.get_object_id("_id"));
                        documents.push(document);
                    }
                    QueuedSignal::Flush(sender) => waiting.push(sender),
                }
            }
            if self.lost.swap(false, Ordering::AcqRel) {
                documents.push(signal::write_loss(self.node));
            }
            if !documents.is_empty() {
                self.leave(documents, &fleeting).await;
            }
            for sender in waiting {
                // Whoever waited may have stopped.
                let _ = sender.send(());
            }
        }
    }

    /// Leaves events in their order; those that are worth nothing late only if it works at once.
    async fn leave(&self, mut documents: Vec<Document>, fleeting: &HashSet<ObjectId>) {
        for _ in 0..ATTEMPTS {
            match self.insert(&documents).await {
                // A conflict is what an earlier attempt left.
                Ok(()) | Err(RepositoryError::Conflict(_)) => return,
                Err(error) => warn!(cause = ?error, "events could not be left for other nodes; trying again"),
            }
            documents.retain(|document| document.get_object_id("_id").is_ok_and(|id| !fleeting.contains(&id)));
            if documents.is_empty() {
                return;
            }
            sleep(PAUSE).await;
        }
        warn!(lost = documents.len(), "events for other nodes were given up");
        self.lost.store(true, Ordering::Release);
    }

    async fn insert(&self, documents: &[Document]) -> Result<(), RepositoryError> {
        // They are hints, and worth nothing after a minute: one server is enough.
        let quickly = WriteConcern::builder().w(Acknowledgment::Nodes(1)).build();
        let insert = self.collections.signals.insert_many(documents).ordered(false).write_concern(quickly);
        self.collections.within(async { insert.await.map(drop).map_err(classify) }).await
    }
}
