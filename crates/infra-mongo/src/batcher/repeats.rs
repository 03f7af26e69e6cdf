//! Finds what was stored before: the original of a repeated nonce, or a message whose confirmation was lost.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use bson::oid::ObjectId;
use bson::{Document, doc};
use domain::model::{NewMessage, Nonce, UserId};
use domain::port::{AppendError, RepositoryError};
use futures_util::TryStreamExt;
use mongodb::error::Error;
use serde::Deserialize;
use tokio::time::{Instant, sleep, timeout_at};

use super::room_writer::RoomWriter;
use super::{Stored, Waiting};
use crate::collections::no_answer;
use crate::document::{MessageDocument, StoredMessage, VersionDocument, oid};
use crate::error::classify;

/// How long to wait before looking again for what isn't durable yet, or for a server.
pub(super) const PAUSE: Duration = Duration::from_millis(20);

/// What names an intent within a room.
type Intent = (UserId, Nonce);

/// A message with the text it was posted with, if that was replaced.
#[derive(Debug, Deserialize)]
struct OriginalDocument {
    #[serde(flatten)]
    message: MessageDocument,
    #[serde(default)]
    versions: Vec<VersionDocument>,
}

/// What an intent led to.
#[derive(Debug)]
struct Original {
    stored: StoredMessage,
    /// The text it was posted with; nothing once it was deleted.
    posted: Option<String>,
}

impl RoomWriter {
    /// Takes out those that repeat another one of the same batch: only the first of them is stored.
    pub(super) fn set_repeats_aside(waiting: Vec<Waiting>) -> (Vec<Waiting>, Vec<Waiting>) {
        let mut seen = HashSet::new();
        waiting.into_iter().partition(|one| intent(&one.message).is_none_or(|intent| seen.insert(intent)))
    }

    /// Answers those whose nonce was used before, and gives the others back.
    pub(super) async fn answer_repeats(
        &self,
        waiting: Vec<Waiting>,
        deadline: Instant,
    ) -> Result<Vec<Waiting>, (Vec<Waiting>, RepositoryError)> {
        let mut nonces: HashMap<UserId, Vec<&str>> = HashMap::new();
        for NewMessage { author, nonce, .. } in waiting.iter().map(|one| &one.message) {
            if let Some(nonce) = nonce {
                nonces.entry(author.id).or_default().push(nonce.as_str());
            }
        }
        if nonces.is_empty() {
            return Ok(waiting);
        }
        let by_author = nonces.into_iter().map(|(author, nonces)| {
            doc! { "room_id": oid(self.room_id.id()), "author_id": oid(author.id()), "nonce": { "$in": nonces } }
        });
        let filter = doc! { "$or": by_author.collect::<Vec<_>>() };
        let found = match timeout_at(deadline, self.find_originals(filter)).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => return Err((waiting, classify(error))),
            Err(_) => return Err((waiting, no_answer())),
        };
        let mut originals = HashMap::new();
        for document in found {
            let original = match Original::try_from(document) {
                Ok(original) => original,
                Err(error) => return Err((waiting, error)),
            };
            let message = &original.stored.message;
            if let Some(nonce) = message.nonce.clone() {
                originals.insert((message.author.id, nonce), original);
            }
        }
        Ok(answer_known(waiting, &originals))
    }

    /// Answers those that are stored and durable although no confirmation came, and gives the others back; looks
    /// until there is an answer or the time is over.
    pub(super) async fn answer_stored(
        &self,
        waiting: Vec<Waiting>,
        deadline: Instant,
    ) -> Result<Vec<Waiting>, Vec<Waiting>> {
        let ids: Vec<ObjectId> = waiting.iter().map(|one| oid(one.message.id.id())).collect();
        let filter = doc! { "_id": { "$in": ids } };
        let found = loop {
            match timeout_at(deadline, self.find_messages(filter.clone())).await {
                Ok(Ok(found)) => break found,
                Ok(Err(_)) if Instant::now() < deadline => sleep(PAUSE).await,
                Ok(Err(_)) | Err(_) => return Err(waiting),
            }
        };
        let mut found: HashMap<_, _> = found.into_iter().map(|document| (document.id, document)).collect();
        let mut missing = Vec::new();
        for one in waiting {
            match found.remove(&oid(one.message.id.id())).map(StoredMessage::try_from) {
                Some(Ok(stored)) => drop(one.answer.send(Ok(Stored { stored, duplicate: false }))),
                Some(Err(error)) => drop(one.answer.send(Err(error.into()))),
                None => missing.push(one),
            }
        }
        Ok(missing)
    }

    async fn find_messages(&self, filter: Document) -> Result<Vec<MessageDocument>, Error> {
        self.collections.find_messages(filter).await?.try_collect().await
    }

    async fn find_originals(&self, filter: Document) -> Result<Vec<OriginalDocument>, Error> {
        let originals = self.collections.messages.clone_with_type::<OriginalDocument>();
        originals.find(filter).projection(doc! { "revs": 0, "versions": { "$slice": 1 } }).await?.try_collect().await
    }
}

impl TryFrom<OriginalDocument> for Original {
    type Error = RepositoryError;

    fn try_from(document: OriginalDocument) -> Result<Self, RepositoryError> {
        let stored = StoredMessage::try_from(document.message)?;
        let replaced = document.versions.into_iter().next().map(|first| first.content);
        let posted = replaced.or_else(|| stored.message.body().map(|body| body.as_str().to_owned()));
        Ok(Self { stored, posted })
    }
}

fn intent(message: &NewMessage) -> Option<Intent> {
    message.nonce.clone().map(|nonce| (message.author.id, nonce))
}

fn answer_known(waiting: Vec<Waiting>, originals: &HashMap<Intent, Original>) -> Vec<Waiting> {
    let mut unknown = Vec::new();
    for one in waiting {
        let Some(Original { stored, posted }) = intent(&one.message).and_then(|intent| originals.get(&intent)) else {
            unknown.push(one);
            continue;
        };
        let answer = match posted {
            Some(posted) if *posted != one.message.body.as_str() => Err(AppendError::NonceReused),
            _ => {
                // What an attempt of this very call stored is no repeat.
                let duplicate = !(one.sent && stored.message.id == one.message.id);
                Ok(Stored { stored: stored.clone(), duplicate })
            }
        };
        let _ = one.answer.send(answer);
    }
    unknown
}
