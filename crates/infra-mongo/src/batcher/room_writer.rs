//! The task that writes to one room.

use std::time::Duration;

use domain::model::{RoomHead, RoomId};
use domain::port::{Cause, RepositoryError};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};

use super::inserter::Inserter;
use super::{Batcher, DeletionAnswer, Job, Tombstone, Waiting};
use crate::access_loader::AccessLoader;
use crate::collections::{Collections, no_answer};
use crate::head;

/// The most writes of one batch: the more, the later its first one is answered.
const BATCH: usize = 64;
/// How long a room waits for the next write before its task ends.
const IDLE: Duration = Duration::from_secs(60);

/// What a room's task knows.
#[derive(Debug)]
pub(super) struct RoomWriter {
    pub(super) collections: Collections,
    pub(super) access: AccessLoader,
    pub(super) inserter: Inserter,
    pub(super) room_id: RoomId,
    /// The last numbers given out, as far as this node knows, all of them durable; nothing when it has to look.
    pub(super) head: Option<RoomHead>,
    /// Whether another node got ahead since the numbers were known.
    pub(super) behind: bool,
}

impl RoomWriter {
    pub(super) fn new(batcher: &Batcher, room_id: RoomId) -> Self {
        let Batcher { collections, access, inserter, .. } = batcher.clone();
        Self { collections, access, inserter, room_id, head: None, behind: false }
    }

    /// Writes until nobody wrote for a while and `retire` agrees. Nothing that was enqueued is left behind.
    pub(super) async fn run(
        mut self,
        mut jobs: mpsc::Receiver<Job>,
        retire: impl Fn(&mpsc::Receiver<Job>) -> bool + Send,
    ) {
        let mut batch = Vec::new();
        loop {
            match timeout(IDLE, jobs.recv_many(&mut batch, BATCH)).await {
                Ok(0) => break,
                Ok(_) => {
                    if let Err(outage) = self.write(&mut batch).await {
                        // Whoever came meanwhile has waited as long as they may.
                        while let Ok(job) = jobs.try_recv() {
                            outage.refuse(job);
                        }
                    }
                }
                Err(_) if retire(&jobs) => break,
                Err(_) => {}
            }
        }
    }

    /// Carries out a batch in its order and answers everybody.
    async fn write(&mut self, batch: &mut Vec<Job>) -> Result<(), Outage> {
        let mut appends = Vec::new();
        let mut outcome = Ok(());
        let mut jobs = batch.drain(..);
        for job in jobs.by_ref() {
            outcome = match job {
                Job::Append(waiting) => {
                    appends.push(waiting);
                    Ok(())
                }
                Job::Delete(tombstone, answer) => match self.append_all(std::mem::take(&mut appends)).await {
                    Ok(()) => self.delete_and_answer(tombstone, answer).await,
                    Err(outage) => {
                        outage.refuse(Job::Delete(tombstone, answer));
                        Err(outage)
                    }
                },
                Job::Barrier(answer) => {
                    let outcome = self.append_all(std::mem::take(&mut appends)).await;
                    let _ = answer.send(());
                    outcome
                }
            };
            if outcome.is_err() {
                break;
            }
        }
        match outcome {
            Ok(()) => self.append_all(appends).await,
            Err(outage) => {
                jobs.for_each(|job| outage.refuse(job));
                Err(outage)
            }
        }
    }

    async fn delete_and_answer(&mut self, tombstone: Tombstone, answer: DeletionAnswer) -> Result<(), Outage> {
        let deleted = self.delete(tombstone).await;
        let outcome = deleted.as_ref().map_or_else(Outage::check, |_| Ok(()));
        let _ = answer.send(deleted);
        outcome
    }

    /// When a write that begins now has to have an answer.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.collections.limit
    }

    /// Gives the last numbers given out, from memory or the store.
    pub(super) async fn head(&mut self, deadline: Instant) -> Result<RoomHead, RepositoryError> {
        if let Some(head) = self.head {
            return Ok(head);
        }
        let read = async {
            if self.behind {
                head::settle(&self.collections, self.room_id).await
            } else {
                head::read(&self.collections, self.room_id).await
            }
        };
        let head = timeout_at(deadline, read).await.unwrap_or_else(|_| Err(no_answer()))?;
        (self.head, self.behind) = (Some(head), false);
        Ok(head)
    }

    /// Notes that another node used a number first.
    pub(super) fn fell_behind(&mut self) {
        (self.head, self.behind) = (None, true);
    }
}

/// The store can't be written to for now: whoever waits for it has waited long enough.
#[derive(Debug)]
pub(super) struct Outage(Cause);

impl Outage {
    /// Tells whether an error concerns more than the write that it ended.
    pub(super) fn check(error: &RepositoryError) -> Result<(), Self> {
        match error {
            RepositoryError::Unavailable(cause) | RepositoryError::Timeout(cause) => Err(Self(cause.clone())),
            RepositoryError::Conflict(_) | RepositoryError::StorageFull(_) | RepositoryError::Corrupt(_) => Ok(()),
        }
    }

    /// Answers a job that nothing was done for.
    pub(super) fn refuse(&self, job: Job) {
        let refusal = RepositoryError::Unavailable(self.0.clone());
        match job {
            Job::Append(Waiting { answer, .. }) => drop(answer.send(Err(refusal.into()))),
            Job::Delete(_, answer) => drop(answer.send(Err(refusal))),
            Job::Barrier(answer) => drop(answer.send(())),
        }
    }
}
