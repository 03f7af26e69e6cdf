//! The task that writes to one room.

use std::collections::VecDeque;
use std::time::Duration;

use domain::model::{RoomHead, RoomId};
use domain::port::{Cause, RepositoryError};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};

use super::inserter::Inserter;
use super::{Batcher, Job, QUEUE, Waiting, WaitingChange};
use crate::access_loader::AccessLoader;
use crate::collections::{Collections, no_answer};
use crate::document::StoredMessage;
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
    /// The message that was changed last, as that left it: the next change is often to the same one.
    pub(super) latest: Option<StoredMessage>,
    /// The changes that wait for their turn. Between one and the next, whatever waits is appended.
    changes: VecDeque<WaitingChange>,
}

impl RoomWriter {
    pub(super) fn new(batcher: &Batcher, room_id: RoomId) -> Self {
        let Batcher { collections, access, inserter, .. } = batcher.clone();
        let changes = VecDeque::new();
        Self { collections, access, inserter, room_id, head: None, behind: false, latest: None, changes }
    }

    /// Writes until nobody wrote for a while and `retire` agrees. Nothing that was enqueued is left behind.
    pub(super) async fn run(
        mut self,
        mut jobs: mpsc::Receiver<Job>,
        retire: impl Fn(&mpsc::Receiver<Job>) -> bool + Send,
    ) {
        let mut batch = Vec::new();
        loop {
            if self.changes.is_empty() {
                match timeout(IDLE, jobs.recv_many(&mut batch, BATCH)).await {
                    Ok(0) => break,
                    Ok(_) => {}
                    Err(_) if retire(&jobs) => break,
                    Err(_) => continue,
                }
            } else {
                let most = BATCH.min(QUEUE.saturating_sub(self.changes.len()));
                batch.extend(std::iter::from_fn(|| jobs.try_recv().ok()).take(most));
            }
            if let Err(outage) = self.write(&mut batch).await {
                // Whoever came meanwhile has waited as long as they may.
                while let Ok(job) = jobs.try_recv() {
                    outage.refuse(job);
                }
            }
        }
    }

    /// Appends what is to be appended and makes one of the changes.
    async fn write(&mut self, batch: &mut Vec<Job>) -> Result<(), Outage> {
        let mut outcome = self.append_enqueued(batch).await;
        if outcome.is_ok()
            && let Some(next) = self.changes.pop_front()
        {
            outcome = self.change_and_answer(next).await;
        }
        if let Err(outage) = &outcome {
            self.changes.drain(..).for_each(|change| outage.refuse(Job::Change(change)));
        }
        outcome
    }

    /// Carries out the appends of a batch in their order, answers everybody, and puts the changes aside.
    async fn append_enqueued(&mut self, batch: &mut Vec<Job>) -> Result<(), Outage> {
        let mut appends = Vec::new();
        let mut jobs = batch.drain(..);
        while let Some(job) = jobs.next() {
            match job {
                Job::Append(waiting) => appends.push(waiting),
                Job::Change(change) => self.changes.push_back(change),
                Job::Barrier(answer) => {
                    let outcome = self.append_all(std::mem::take(&mut appends)).await;
                    let _ = answer.send(());
                    if let Err(outage) = outcome {
                        jobs.for_each(|job| outage.refuse(job));
                        return Err(outage);
                    }
                }
            }
        }
        self.append_all(appends).await
    }

    async fn change_and_answer(&mut self, waiting: WaitingChange) -> Result<(), Outage> {
        let WaitingChange { found, change, answer } = waiting;
        // Whoever gave up before anything was done for them wants nothing done.
        if answer.is_closed() {
            return Ok(());
        }
        let changed = self.change(found, &change).await;
        let outcome = changed.as_ref().map_or_else(Outage::check, |_| Ok(()));
        let _ = answer.send(changed);
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
            Job::Change(WaitingChange { answer, .. }) => drop(answer.send(Err(refusal))),
            Job::Barrier(answer) => drop(answer.send(())),
        }
    }
}
