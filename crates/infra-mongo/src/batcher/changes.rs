//! Changes a message under the room's next number, as what it is at that moment decides.

use bson::doc;
use domain::model::{ChangeOutcome, Message, MessageChange, MessageId, MessageVersion, RoomHead};
use domain::port::RepositoryError;
use tokio::time::{Instant, sleep, timeout_at};

use super::Outcome;
use super::repeats::PAUSE;
use super::room_writer::RoomWriter;
use crate::collections::no_answer;
use crate::document::{StoredMessage, message_update, oid};
use crate::error::{classify, is_outcome_unknown, violated_index};

/// What became of an attempt to write over a message.
enum Attempt {
    /// It is changed.
    Done,
    /// It isn't what it was any more; or an earlier attempt arrived after all.
    Outdated,
    /// Another node used the number first.
    Behind,
    /// It may be changed, now or later.
    Unknown,
    /// It isn't changed.
    Failed(RepositoryError),
}

impl RoomWriter {
    /// Changes a message that was found since the change was asked for.
    pub(super) async fn change(
        &mut self,
        found: StoredMessage,
        change: &MessageChange,
    ) -> Result<Outcome, RepositoryError> {
        let deadline = self.deadline();
        let mut current = self.newest(found);
        // What was sent without an answer. Only one attempt can ever arrive: each replaces the same `rev`.
        let mut sent: Option<Message> = None;
        while Instant::now() < deadline {
            let (changed, replaced) = match change.apply(&current.message) {
                ChangeOutcome::Changed { message, replaced } => (*message, replaced),
                ChangeOutcome::Unchanged if sent.is_some() => return Ok(Outcome::Done(current)),
                ChangeOutcome::Unchanged => return Ok(Outcome::Unchanged(current)),
                ChangeOutcome::Refused(refusal) => return Ok(Outcome::Refused(refusal, current)),
            };
            let head = self.head(deadline).await.map_err(|error| if sent.is_some() { no_answer() } else { error })?;
            if head.rev < current.message.rev {
                self.fell_behind();
                continue;
            }
            let changed = changed.with_rev(head.rev.next());
            match self.overwrite(&current.message, &changed, replaced.as_ref(), deadline).await {
                Attempt::Done => return Ok(Outcome::Done(self.note(head, changed, current.answers))),
                Attempt::Behind => {
                    self.fell_behind();
                    continue;
                }
                Attempt::Failed(error) if sent.is_none() => return Err(error),
                Attempt::Outdated | Attempt::Failed(_) => {}
                Attempt::Unknown => {
                    self.head = None;
                    sent = Some(changed);
                }
            }
            let Some(now) = self.look_again(&current, sent.is_some(), deadline).await? else {
                return Ok(Outcome::Absent);
            };
            if sent.as_ref().is_some_and(|sent| sent.clone().with_rev(now.message.rev) == now.message) {
                return Ok(Outcome::Done(now));
            }
            current = now;
        }
        Err(no_answer())
    }

    /// Gives the message as this task left it, where that is newer than what was found.
    fn newest(&self, found: StoredMessage) -> StoredMessage {
        let newer =
            |latest: &&StoredMessage| latest.message.id == found.message.id && latest.message.rev > found.message.rev;
        self.latest.as_ref().filter(newer).cloned().unwrap_or(found)
    }

    /// Notes what is durable now.
    fn note(&mut self, head: RoomHead, message: Message, answers: Option<MessageId>) -> StoredMessage {
        self.head = Some(RoomHead { rev: message.rev, ..head });
        let changed = StoredMessage { message, answers };
        self.latest = Some(changed.clone());
        changed
    }

    /// Writes over a message, unless it isn't what it was any more.
    async fn overwrite(
        &self,
        before: &Message,
        changed: &Message,
        replaced: Option<&MessageVersion>,
        deadline: Instant,
    ) -> Attempt {
        let filter = doc! { "_id": oid(before.id.id()), "rev": before.rev.to_i64() };
        let update = self.collections.messages.update_one(filter, message_update(before, changed, replaced));
        match timeout_at(deadline, update.into_future()).await {
            Ok(Ok(result)) if result.matched_count == 1 => Attempt::Done,
            Ok(Ok(_)) => Attempt::Outdated,
            Ok(Err(error)) if violated_index(&error).is_some() => Attempt::Behind,
            Ok(Err(error)) if !is_outcome_unknown(&error) => Attempt::Failed(classify(error)),
            Ok(Err(_)) | Err(_) => Attempt::Unknown,
        }
    }

    /// Reads a message again after it could not be, or may have been, written over; waits a moment if a majority
    /// doesn't have anything newer yet.
    async fn look_again(
        &self,
        before: &StoredMessage,
        sent: bool,
        deadline: Instant,
    ) -> Result<Option<StoredMessage>, RepositoryError> {
        loop {
            match timeout_at(deadline, self.collections.find_message(before.message.id)).await {
                Ok(Ok(None)) => return Ok(None),
                Ok(Ok(Some(document))) => {
                    let now = StoredMessage::try_from(document)?;
                    if now.message.rev == before.message.rev {
                        sleep(PAUSE).await;
                    }
                    return Ok(Some(now));
                }
                Ok(Err(error)) if !sent => return Err(classify(error)),
                Ok(Err(_)) => sleep(PAUSE).await,
                Err(_) => return Err(no_answer()),
            }
        }
    }
}
