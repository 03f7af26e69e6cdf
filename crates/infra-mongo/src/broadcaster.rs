//! Events between nodes: one change stream each, on timelines and on what nodes leave for each other.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bson::oid::ObjectId;
use bson::{Document, doc};
use domain::model::{Delivery, Event, Message};
use domain::port::{Broadcaster, EventStream};
use futures_util::{StreamExt, stream};
use mongodb::change_stream::ChangeStream;
use mongodb::change_stream::event::{ChangeStreamEvent, ResumeToken};
use mongodb::options::{Acknowledgment, FullDocumentType, WriteConcern};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::sleep;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use crate::collections::Collections;
use crate::document::MessageDocument;
use crate::signal;

/// How many events are kept for a subscriber that is slow.
const CAPACITY: usize = 4096;
/// How many events wait to be left for other nodes.
const SIGNALS: usize = 4096;
/// The most of them that are written at once.
const BATCH: usize = 256;
/// How long to wait before a stream that broke is opened again.
const RETRY: Duration = Duration::from_millis(500);

type Stream = ChangeStream<ChangeStreamEvent<Document>>;

/// Tells this node's events to its own subscribers at once and to other nodes through the database. A message's
/// change reaches other nodes from the timeline itself, so that none is missed even if its writer died before it
/// could tell.
#[derive(Debug)]
pub struct MongoBroadcaster {
    node: ObjectId,
    deliveries: broadcast::Sender<Delivery>,
    signals: mpsc::Sender<Signal>,
}

/// What is handed to the task that leaves events for other nodes.
enum Signal {
    /// An event.
    Event(Document),
    /// Somebody who waits until everything before is left.
    Flush(oneshot::Sender<()>),
}

impl MongoBroadcaster {
    /// Opens the change stream; everything that happens from now on is seen.
    pub(crate) async fn start(collections: Collections, tasks: &TaskTracker) -> Result<Self, mongodb::error::Error> {
        let node = ObjectId::new();
        let (deliveries, _) = broadcast::channel(CAPACITY);
        let (signals, queued) = mpsc::channel(SIGNALS);
        let stream = open(&collections, None).await?;
        let follower = Follower { collections: collections.clone(), node, deliveries: deliveries.clone() };
        tasks.spawn(follower.run(stream));
        tasks.spawn(leave_signals(collections, queued));
        Ok(Self { node, deliveries, signals })
    }

    /// Waits until everything published so far was left for other nodes, or given up: to be called before the
    /// process ends.
    pub async fn flush(&self) {
        let (sender, done) = oneshot::channel();
        if self.signals.send(Signal::Flush(sender)).await.is_ok() {
            // An error means that the task is gone, and with it what was queued.
            let _ = done.await;
        }
    }
}

#[async_trait]
impl Broadcaster for MongoBroadcaster {
    async fn publish(&self, event: Event) {
        if let Some(document) = signal::write(&event, self.node)
            && self.signals.try_send(Signal::Event(document)).is_err()
        {
            warn!("events for other nodes come faster than the database takes them; one was dropped");
        }
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

struct Follower {
    collections: Collections,
    node: ObjectId,
    deliveries: broadcast::Sender<Delivery>,
}

impl Follower {
    /// Follows the stream as long as anybody can subscribe; opens it again where it broke.
    async fn run(self, mut stream: Stream) {
        let mut token = None;
        loop {
            while let Some(next) = stream.next().await {
                match next {
                    Ok(event) => self.deliver(event),
                    Err(error) => {
                        warn!(cause = %error, "the change stream broke; opening it again");
                        break;
                    }
                }
                token = stream.resume_token();
            }
            token = stream.resume_token().or(token);
            stream = self.reopen(&mut token).await;
        }
    }

    async fn reopen(&self, token: &mut Option<ResumeToken>) -> Stream {
        loop {
            sleep(RETRY).await;
            match open(&self.collections, token.clone()).await {
                Ok(stream) => {
                    if token.is_none() {
                        let _ = self.deliveries.send(Delivery::Lagged);
                    }
                    info!("the change stream is open again");
                    return stream;
                }
                Err(error) => {
                    if !is_connection_trouble(&error) {
                        // The server doesn't keep what came after the token: begin anew and tell everybody to look
                        // at the store.
                        *token = None;
                    }
                    warn!(cause = %error, "the change stream can't be opened; trying again");
                }
            }
        }
    }

    fn deliver(&self, event: ChangeStreamEvent<Document>) {
        let (Some(document), Some(place)) = (event.full_document, event.ns) else {
            return;
        };
        let event = match place.coll.as_deref() {
            Some("messages") => bson::deserialize_from_document::<MessageDocument>(document)
                .ok()
                .and_then(|document| Message::try_from(document).ok())
                .map(|message| Event::Timeline(Arc::new(message))),
            // This node's own were delivered when they were published.
            Some("signals") if document.get_object_id("node").is_ok_and(|node| node == self.node) => None,
            Some("signals") => signal::read(&document),
            _ => None,
        };
        if let Some(event) = event {
            let _ = self.deliveries.send(Delivery::Event(event));
        }
    }
}

async fn open(collections: &Collections, token: Option<ResumeToken>) -> Result<Stream, mongodb::error::Error> {
    let ours = doc! { "$match": {
        "ns.coll": { "$in": ["messages", "signals"] },
        "operationType": { "$in": ["insert", "update", "replace"] },
    } };
    let watch = collections.database.watch().pipeline([ours]).full_document(FullDocumentType::UpdateLookup);
    match token {
        Some(token) => watch.resume_after(token).await,
        None => watch.await,
    }
}

fn is_connection_trouble(error: &mongodb::error::Error) -> bool {
    use mongodb::error::ErrorKind;
    matches!(
        error.kind.as_ref(),
        ErrorKind::Io(_)
            | ErrorKind::ServerSelection { .. }
            | ErrorKind::ConnectionPoolCleared { .. }
            | ErrorKind::DnsResolve { .. }
    ) || error.contains_label(mongodb::error::RETRYABLE_WRITE_ERROR)
}

async fn leave_signals(collections: Collections, mut queued: mpsc::Receiver<Signal>) {
    let quickly = WriteConcern::builder().w(Acknowledgment::Nodes(1)).build();
    let mut batch = Vec::new();
    while queued.recv_many(&mut batch, BATCH).await > 0 {
        let (mut documents, mut waiting) = (Vec::new(), Vec::new());
        for signal in batch.drain(..) {
            match signal {
                Signal::Event(document) => documents.push(document),
                Signal::Flush(sender) => waiting.push(sender),
            }
        }
        if !documents.is_empty() {
            let insert = collections.signals.insert_many(documents).ordered(false).write_concern(quickly.clone());
            if let Err(error) = insert.await {
                warn!(cause = %error, "events could not be left for other nodes");
            }
        }
        for sender in waiting {
            // Whoever waited may have stopped.
            let _ = sender.send(());
        }
    }
}
