//! Appends a batch of messages: optimistic insertion under unique indexes.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use bson::doc;
use domain::model::{Message, NewMessage, Nonce, RoomHead, UserId};
use domain::port::{AppendError, Appended, Cause, Constraint, RepositoryError};
use futures_util::TryStreamExt;
use mongodb::error::{Error, ErrorKind};
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::room_writer::RoomWriter;
use crate::document::{MessageDocument, membership_id, oid};
use crate::error::{classify, index_name};

/// How often another node may be faster before this is given up.
const ATTEMPTS: usize = 100;
/// Code of a write that a unique index refused.
const DUPLICATE_KEY: i32 = 11000;
/// How often, and how far apart, to look for a message that a majority doesn't have yet.
const VISIBLE_ATTEMPTS: usize = 100;
const VISIBLE_DELAY: Duration = Duration::from_millis(20);

type Answer = oneshot::Sender<Result<Appended, AppendError>>;
type Waiting = (NewMessage, Answer);

impl RoomWriter {
    /// Appends messages in their order and answers each.
    pub(super) async fn append_all(&mut self, waiting: Vec<Waiting>) {
        if waiting.is_empty() {
            return;
        }
        match self.refusals(&waiting).await {
            Ok(refusals) => self.append_admitted(waiting, &refusals).await,
            Err(error) => fail(waiting, &error),
        }
    }

    async fn append_admitted(&mut self, waiting: Vec<Waiting>, refusals: &Refusals) {
        let mut admitted = Vec::new();
        let mut repeats = Vec::new();
        let mut nonces: HashSet<(UserId, Nonce)> = HashSet::new();
        for (message, answer) in waiting {
            if let Some(refusal) = refusals.of(message.author.id) {
                let _ = answer.send(Err(refusal));
                continue;
            }
            let fresh = message.nonce.clone().is_none_or(|nonce| nonces.insert((message.author.id, nonce)));
            if fresh { admitted.push((message, answer)) } else { repeats.push((message, answer)) }
        }
        self.insert(admitted).await;
        // The first of each nonce is stored by now, so these are found, or take its place if it failed.
        for repeat in repeats {
            self.insert(vec![repeat]).await;
        }
    }

    async fn insert(&mut self, mut waiting: Vec<Waiting>) {
        let mut attempts = 0;
        while !waiting.is_empty() {
            attempts += 1;
            let head = match self.head().await {
                Ok(head) if attempts <= ATTEMPTS => head,
                Ok(_) => return fail(waiting, &timed_out("other nodes were always faster")),
                Err(error) => return fail(waiting, &error),
            };
            let (documents, messages) = number(&waiting, head);
            let result = self.collections.messages.insert_many(&documents).ordered(true).await;
            let stored = match &result {
                Ok(_) => waiting.len(),
                Err(error) => match first_duplicate(error) {
                    Some((stored, _)) => stored,
                    None => {
                        self.head = None;
                        return self.find_out(waiting, error).await;
                    }
                },
            };
            self.head =
                messages[..stored].last().map_or(Some(head), |last| Some(RoomHead { seq: last.seq, rev: last.rev }));
            let rest = waiting.split_off(stored);
            for ((_, answer), message) in waiting.into_iter().zip(messages) {
                let _ = answer.send(Ok(Appended { message, duplicate: false }));
            }
            waiting = rest;
            if let Err(error) = &result
                && let Some((_, index)) = first_duplicate(error)
            {
                self.after_collision(&index, &mut waiting).await;
            }
        }
    }

    /// Deals with the first of `waiting`, which a unique index refused.
    async fn after_collision(&mut self, index: &str, waiting: &mut Vec<Waiting>) {
        match index {
            // Another node was faster: look again.
            "room_seq" | "room_rev" => self.head = None,
            _ => {
                let (message, answer) = waiting.remove(0);
                let answered = match index {
                    "nonce" => self.original_of(&message).await,
                    _ => self.same_id(&message).await,
                };
                let _ = answer.send(answered);
            }
        }
    }

    /// Finds the message that this author sent under this nonce before.
    async fn original_of(&self, message: &NewMessage) -> Result<Appended, AppendError> {
        for _ in 0..VISIBLE_ATTEMPTS {
            if let Some(original) = self.by_nonce(message).await? {
                return match original.body() {
                    Some(body) if *body != message.body => Err(AppendError::NonceReused),
                    _ => Ok(Appended { message: original, duplicate: true }),
                };
            }
            // Another node stored it, and the majority doesn't have it yet.
            sleep(VISIBLE_DELAY).await;
        }
        Err(timed_out("the original of a repeated message is not durable yet").into())
    }

    /// A message of that id exists: the same one if the nonce says so.
    async fn same_id(&self, message: &NewMessage) -> Result<Appended, AppendError> {
        match self.by_nonce(message).await? {
            Some(_) => self.original_of(message).await,
            None => Err(RepositoryError::Conflict(Constraint::IdUnique).into()),
        }
    }

    async fn by_nonce(&self, message: &NewMessage) -> Result<Option<Message>, RepositoryError> {
        let Some(nonce) = &message.nonce else {
            return Ok(None);
        };
        let filter = doc! {
            "room_id": oid(message.room_id.id()),
            "author_id": oid(message.author.id.id()),
            "nonce": nonce.as_str(),
        };
        let found = self.collections.messages.find_one(filter).await.map_err(classify)?;
        found.map(Message::try_from).transpose()
    }

    /// The answer to an insertion was lost or came too late: what is stored is acknowledged, the rest is unknown.
    async fn find_out(&mut self, waiting: Vec<Waiting>, error: &Error) {
        let ids: Vec<_> = waiting.iter().map(|(message, _)| oid(message.id.id())).collect();
        let stored: Result<Vec<MessageDocument>, Error> =
            async { self.collections.messages.find(doc! { "_id": { "$in": ids } }).await?.try_collect().await }.await;
        let mut stored: HashMap<_, _> =
            stored.unwrap_or_default().into_iter().map(|document| (document.id, document)).collect();
        for (message, answer) in waiting {
            let answered = match stored.remove(&oid(message.id.id())).map(Message::try_from) {
                Some(Ok(message)) => Ok(Appended { message, duplicate: false }),
                Some(Err(error)) => Err(error.into()),
                None => Err(classify(error.clone()).into()),
            };
            let _ = answer.send(answered);
        }
    }

    /// Reads the room and the authors' memberships, once for the whole batch.
    async fn refusals(&self, waiting: &[Waiting]) -> Result<Refusals, RepositoryError> {
        let authors: HashSet<UserId> = waiting.iter().map(|(message, _)| message.author.id).collect();
        let keys: Vec<_> = authors.iter().map(|author| membership_id(self.room_id, *author)).collect();
        let room = async { self.collections.rooms.find_one(doc! { "_id": oid(self.room_id.id()) }).await };
        let members = async {
            self.collections.memberships.find(doc! { "_id": { "$in": keys } }).await?.try_collect::<Vec<_>>().await
        };
        let (room, members) = tokio::try_join!(room, members).map_err(classify)?;
        let members = members.into_iter().map(|member| UserId::new(crate::document::id_of(member.user_id))).collect();
        Ok(Refusals { archived: room.map(|room| room.archived_at.is_some()), members })
    }
}

/// Who may not append, as of just before the write.
#[derive(Debug)]
struct Refusals {
    /// Whether the room is archived; nothing if it doesn't exist.
    archived: Option<bool>,
    members: HashSet<UserId>,
}

impl Refusals {
    fn of(&self, author: UserId) -> Option<AppendError> {
        match self.archived {
            None => Some(AppendError::NoRoom),
            Some(true) => Some(AppendError::RoomArchived),
            Some(false) if !self.members.contains(&author) => Some(AppendError::NotAMember),
            Some(false) => None,
        }
    }
}

/// Gives the messages the numbers after the head.
fn number(waiting: &[Waiting], head: RoomHead) -> (Vec<MessageDocument>, Vec<Message>) {
    let (mut seq, mut rev) = (head.seq, head.rev);
    let numbered = waiting.iter().map(|(new, _)| {
        (seq, rev) = (seq.next(), rev.next());
        (MessageDocument::numbered(new, seq, rev), new.clone().numbered(seq, rev))
    });
    numbered.unzip()
}

/// How many were inserted before a unique index refused one, and which index.
fn first_duplicate(error: &Error) -> Option<(usize, String)> {
    let ErrorKind::InsertMany(failure) = error.kind.as_ref() else {
        return None;
    };
    // What was inserted before must be durable too; without that the outcome is unknown.
    if failure.write_concern_error.is_some() {
        return None;
    }
    let first = failure.write_errors.as_ref()?.first()?;
    (first.code == DUPLICATE_KEY).then(|| (first.index, index_name(&first.message).unwrap_or_default().to_owned()))
}

fn timed_out(why: &'static str) -> RepositoryError {
    RepositoryError::Timeout(Cause::new(why))
}

fn fail(waiting: Vec<Waiting>, error: &RepositoryError) {
    for (_, answer) in waiting {
        let _ = answer.send(Err(error.clone().into()));
    }
}
