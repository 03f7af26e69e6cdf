//! Follows the change stream and passes on what other nodes did.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bson::oid::ObjectId;
use bson::{Bson, RawDocumentBuf, doc};
use domain::model::{Delivery, MessageId, RoomRev};
use mongodb::change_stream::ChangeStream;
use mongodb::change_stream::event::{ChangeStreamEvent, ResumeToken};
use mongodb::error::{Error, ErrorKind, RETRYABLE_WRITE_ERROR};
use mongodb::options::FullDocumentType;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};
use tracing::{debug, info, warn};

use crate::collections::Collections;
use crate::document::{LEAN, MessageDocument, StoredMessage, id_of};
use crate::recent::Recent;
use crate::signal;
use crate::teller::Arrival;

/// How long the server waits for something to happen before it says that nothing did.
const ROUND: Duration = Duration::from_secs(1);
/// After how long without even that the connection is taken to be dead.
const SILENCE: Duration = Duration::from_secs(10);
/// While events keep coming, how long to let them pile up before the server is asked for more: each question costs
/// it as much as the answer.
const GATHER: Duration = Duration::from_millis(10);
/// How long to wait before a stream that broke is opened again: at first, and at most.
const RETRY: Duration = Duration::from_millis(100);
const MAX_RETRY: Duration = Duration::from_secs(3);

type Stream = ChangeStream<ChangeStreamEvent<RawDocumentBuf>>;

/// The task that follows the stream.
#[derive(Debug)]
pub(crate) struct Follower {
    pub(crate) collections: Collections,
    pub(crate) node: ObjectId,
    pub(crate) arrivals: mpsc::Sender<Arrival>,
    pub(crate) recent: Arc<Recent>,
}

/// Why the stream broke.
#[derive(Debug)]
enum Break {
    /// The server fell silent, or the driver says so; what came after the token can still be had.
    Trouble(Option<Error>),
    /// The server can't go on from the token.
    TokenLost(Error),
}

/// Opens the stream, from the token on or from now on.
pub(crate) async fn open(collections: &Collections, token: Option<ResumeToken>) -> Result<Stream, Error> {
    let ours = doc! { "$match": {
        "ns.coll": { "$in": ["messages", "signals"] },
        "operationType": { "$in": ["insert", "update", "replace"] },
    } };
    let mut unneeded = doc! { "updateDescription": 0 };
    unneeded.extend(LEAN.map(|field| (format!("fullDocument.{field}"), Bson::from(0))));
    let lean = doc! { "$project": unneeded };
    let watch = collections.database.watch().pipeline([ours, lean]).full_document(FullDocumentType::UpdateLookup);
    let watch = watch.max_await_time(ROUND);
    let opening = async {
        match token {
            Some(token) => watch.resume_after(token).await,
            None => watch.await,
        }
    };
    let opened = timeout(collections.limit, opening).await;
    let stream = opened.unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()))?;
    Ok(stream.with_type())
}

impl Follower {
    /// Follows the stream for ever; opens it again where it broke.
    pub(crate) async fn run(self, mut stream: Stream) -> Infallible {
        let mut token = stream.resume_token();
        loop {
            match self.follow(&mut stream, &mut token).await {
                Break::Trouble(cause) => warn!(?cause, "the change stream broke; going on where it did"),
                Break::TokenLost(cause) => {
                    warn!(%cause, "the change stream can't go on where it broke; beginning anew");
                    token = None;
                }
            }
            stream = self.reopen(&mut token).await;
        }
    }

    async fn follow(&self, stream: &mut Stream, token: &mut Option<ResumeToken>) -> Break {
        let mut gathered = Instant::now();
        loop {
            match timeout(SILENCE, stream.next_if_any()).await {
                Ok(Ok(event)) => {
                    if let Some(event) = event {
                        self.deliver(event).await;
                        if gathered.elapsed() > GATHER {
                            sleep(GATHER).await;
                            gathered = Instant::now();
                        }
                    }
                    *token = stream.resume_token().or(token.take());
                    if !stream.is_alive() {
                        return Break::Trouble(None);
                    }
                }
                Ok(Err(error)) if is_connection_trouble(&error) => return Break::Trouble(Some(error)),
                Ok(Err(error)) => return Break::TokenLost(error),
                Err(_) => return Break::Trouble(None),
            }
        }
    }

    async fn reopen(&self, token: &mut Option<ResumeToken>) -> Stream {
        let mut pause = RETRY;
        loop {
            match open(&self.collections, token.clone()).await {
                Ok(stream) => {
                    if token.is_none() {
                        // Whatever happened in between is in the store.
                        self.pass_on(Arrival::Other(Delivery::Lagged)).await;
                    }
                    info!("the change stream is open again");
                    return stream;
                }
                Err(cause) => {
                    if !is_connection_trouble(&cause) {
                        // The server doesn't keep what came after the token.
                        *token = None;
                    }
                    warn!(%cause, "the change stream can't be opened; trying again");
                }
            }
            sleep(pause).await;
            pause = (pause * 2).min(MAX_RETRY);
        }
    }

    async fn deliver(&self, event: ChangeStreamEvent<RawDocumentBuf>) {
        // An update whose message is gone by now tells nothing.
        let (Some(document), Some(place)) = (event.full_document, event.ns) else {
            return;
        };
        let arrival = match place.coll.as_deref() {
            Some("messages") if self.was_told(&document) => None,
            Some("messages") => read_message(&document).map(|stored| Arrival::Message(Box::new(stored))),
            // This node's own were delivered when they were published.
            Some("signals") if document.get_object_id("node").is_ok_and(|node| node == self.node) => None,
            Some("signals") => signal::read(&document).map(Arrival::Other),
            _ => None,
        };
        if let Some(arrival) = arrival {
            self.pass_on(arrival).await;
        }
    }

    async fn pass_on(&self, arrival: Arrival) {
        // The only error is that the broadcaster is gone.
        let _ = self.arrivals.send(arrival).await;
    }

    /// Tells whether this node wrote the message and told its subscribers.
    fn was_told(&self, document: &RawDocumentBuf) -> bool {
        let (Ok(id), Ok(rev)) = (document.get_object_id("_id"), document.get_i64("rev")) else {
            return false;
        };
        RoomRev::from_i64(rev).is_some_and(|rev| self.recent.knows(MessageId::new(id_of(id)), rev))
    }
}

fn read_message(document: &RawDocumentBuf) -> Option<StoredMessage> {
    let read = bson::deserialize_from_slice::<MessageDocument>(document.as_bytes());
    let stored = read.ok().and_then(|document| StoredMessage::try_from(document).ok());
    if stored.is_none() {
        // Whoever reads the timeline sees the fault there.
        debug!("the change stream has a message that can't be read");
    }
    stored
}

fn is_connection_trouble(error: &Error) -> bool {
    matches!(
        error.kind.as_ref(),
        ErrorKind::Io(_)
            | ErrorKind::ServerSelection { .. }
            | ErrorKind::ConnectionPoolCleared { .. }
            | ErrorKind::DnsResolve { .. }
    ) || error.contains_label(RETRYABLE_WRITE_ERROR)
        || error.contains_label("ResumableChangeStreamError")
}
