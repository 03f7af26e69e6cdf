//! Appends a batch of messages: optimistic insertion under unique indexes.

use std::time::Duration;

use domain::model::RoomHead;
use domain::port::{Cause, Constraint, RepositoryError};
use mongodb::error::Error;
use tokio::time::{Instant, sleep};

use super::inserter::Attempt;
use super::repeats::PAUSE;
use super::room_writer::{Outage, RoomWriter};
use super::{Job, Stored, Waiting};
use crate::collections::no_answer;
use crate::document::{MessageDocument, StoredMessage};
use crate::error::classify;

/// How old the check of room and memberships may be when messages are sent to the server.
const FRESH: Duration = Duration::from_millis(250);
/// How much longer than a call may take to look for what it may have stored.
const GRACE: Duration = Duration::from_secs(1);

impl RoomWriter {
    /// Appends messages in their order and answers each.
    pub(super) async fn append_all(&mut self, mut waiting: Vec<Waiting>) -> Result<(), Outage> {
        // Whoever gave up before anything was done for them wants nothing done.
        waiting.retain(|one| !one.answer.is_closed());
        if waiting.is_empty() {
            return Ok(());
        }
        let deadline = self.deadline();
        let (firsts, repeats) = Self::set_repeats_aside(waiting);
        if let Err(outage) = self.store(firsts, deadline).await {
            for one in repeats {
                outage.refuse(Job::Append(one));
            }
            return Err(outage);
        }
        if repeats.is_empty() {
            return Ok(());
        }
        match self.answer_repeats(repeats, deadline).await {
            // The first of these was refused, and so will they be.
            Ok(rest) => self.store(rest, deadline).await,
            Err((rest, error)) => give_up(rest, &error),
        }
    }

    /// Stores messages under the next numbers, as often as other nodes or lost answers make it necessary.
    async fn store(&mut self, mut waiting: Vec<Waiting>, deadline: Instant) -> Result<(), Outage> {
        let mut checked: Option<Instant> = None;
        loop {
            if checked.is_none_or(|at| at.elapsed() > FRESH) {
                let now = Instant::now();
                match self.admission(&waiting, deadline).await {
                    Ok(admission) => waiting = admission.admit(waiting),
                    Err(error) => return give_up(waiting, &error),
                }
                checked = Some(now);
            }
            if waiting.is_empty() {
                return Ok(());
            }
            if Instant::now() > deadline {
                return give_up(waiting, &no_answer());
            }
            let head = match self.head(deadline).await {
                Ok(head) => head,
                Err(error) => return give_up(waiting, &error),
            };
            let (documents, messages) = number(&waiting, head);
            waiting = match self.inserter.insert(documents, deadline).await {
                Attempt::Done => {
                    self.confirm(waiting, messages);
                    return Ok(());
                }
                Attempt::Refused(refusal, error) => {
                    let rest = waiting.split_off(refusal.stored);
                    self.confirm(waiting, messages);
                    self.after_refusal(rest, refusal.index.as_deref(), error, deadline).await?
                }
                Attempt::Failed(error) => return give_up(waiting, &error),
                Attempt::Unknown => {
                    self.head = None;
                    for one in &mut waiting {
                        one.sent = true;
                    }
                    match self.answer_stored(waiting, deadline.max(Instant::now() + GRACE)).await {
                        // What isn't there can be sent again: its id keeps it from being stored twice.
                        Ok(missing) => missing,
                        Err(unknown) => return give_up(unknown, &no_answer()),
                    }
                }
            };
        }
    }

    /// Answers those that are stored, under the numbers they have.
    fn confirm(&mut self, waiting: Vec<Waiting>, messages: Vec<StoredMessage>) {
        for (one, stored) in waiting.into_iter().zip(messages) {
            self.head = Some(RoomHead { seq: stored.message.seq, rev: stored.message.rev });
            let _ = one.answer.send(Ok(Stored { stored, duplicate: false }));
        }
    }

    /// Deals with the first of `rest`, which the server refused; gives back what is still to be stored.
    async fn after_refusal(
        &mut self,
        rest: Vec<Waiting>,
        index: Option<&str>,
        error: Error,
        deadline: Instant,
    ) -> Result<Vec<Waiting>, Outage> {
        match index {
            None => give_up(rest, &classify(error)).map(|()| Vec::new()),
            Some("room_seq" | "room_rev" | "room_revs") => {
                self.fell_behind();
                Ok(rest)
            }
            Some("_id_") if rest.first().is_some_and(|first| first.sent) => {
                // An earlier attempt arrived after all.
                self.head = None;
                sleep(PAUSE).await;
                match self.answer_stored(rest, deadline).await {
                    Ok(missing) => Ok(missing),
                    Err(unknown) => give_up(unknown, &no_answer()).map(|()| Vec::new()),
                }
            }
            Some(index) => {
                let first = rest[0].message.id;
                let mut rest = match self.answer_repeats(rest, deadline).await {
                    Ok(rest) => rest,
                    Err((rest, error)) => return give_up(rest, &error).map(|()| Vec::new()),
                };
                if rest.first().is_some_and(|one| one.message.id == first) {
                    if index == "nonce" {
                        // Another node stored the original, and the majority doesn't have it yet.
                        sleep(PAUSE).await;
                    } else {
                        let clash = RepositoryError::Conflict(Constraint::IdUnique);
                        let _ = rest.remove(0).answer.send(Err(clash.into()));
                    }
                }
                Ok(rest)
            }
        }
    }
}

/// Gives the messages the numbers after the head.
fn number(waiting: &[Waiting], head: RoomHead) -> (Vec<MessageDocument>, Vec<StoredMessage>) {
    let (mut seq, mut rev) = (head.seq, head.rev);
    let numbered = waiting.iter().map(|Waiting { message, .. }| {
        (seq, rev) = (seq.next(), rev.next());
        (MessageDocument::numbered(message, seq, rev), StoredMessage::numbered(message.clone(), seq, rev))
    });
    numbered.unzip()
}

/// Answers everybody with the error; for whom an earlier attempt may have succeeded, the outcome is unknown.
fn give_up(waiting: Vec<Waiting>, error: &RepositoryError) -> Result<(), Outage> {
    for one in waiting {
        let answer = match error {
            RepositoryError::Timeout(cause) if !one.sent => RepositoryError::Unavailable(cause.clone()),
            RepositoryError::Timeout(_) => error.clone(),
            other if one.sent => RepositoryError::Timeout(Cause::new(other.clone())),
            other => other.clone(),
        };
        let _ = one.answer.send(Err(answer.into()));
    }
    Outage::check(error)
}
