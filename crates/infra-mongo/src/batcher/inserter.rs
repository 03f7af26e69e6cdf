//! Stores what several rooms have to append in one insertion: what piles up while one is on its way to the server
//! is the next, so that the cost of making it durable is shared by all of them.

use std::mem;
use std::sync::Arc;

use domain::port::RepositoryError;
use mongodb::error::Error;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::task::TaskTracker;

use crate::collections::{Collections, no_answer};
use crate::document::MessageDocument;
use crate::error::{Refusal, classify, is_outcome_unknown, refusal};
use crate::gather::gather;

/// How many rooms wait before others wait to enqueue.
const QUEUE: usize = 256;
/// How many rooms share an insertion at most. With the most messages of a room's batch, each as long as can be, that
/// is 32 MiB, and so one command (MongoDB takes 48 MB).
const MOST: usize = 32;
/// How many insertions are on their way at once: while the server makes one durable, it can read the next.
const LANES: usize = 2;

/// What became of an attempt to store a room's messages.
#[derive(Debug, Clone)]
pub(super) enum Attempt {
    /// All are stored.
    Done,
    /// The first ones are stored, and the next one was refused.
    Refused(Refusal, Error),
    /// Nothing is stored.
    Failed(RepositoryError),
    /// Any of them may be stored.
    Unknown,
}

/// Messages of one room under consecutive numbers.
#[derive(Debug)]
struct Run {
    documents: Vec<MessageDocument>,
    answer: oneshot::Sender<Attempt>,
}

/// Stores messages.
#[derive(Debug, Clone)]
pub(super) struct Inserter {
    runs: mpsc::Sender<Run>,
}

impl Inserter {
    pub(super) fn start(collections: Collections, tasks: &TaskTracker) -> Self {
        let (runs, queued) = mpsc::channel(QUEUE);
        tasks.spawn(dispatch(collections, tasks.clone(), queued));
        Self { runs }
    }

    /// Stores messages of one room in their order: none is stored unless all before it are.
    pub(super) async fn insert(&self, documents: Vec<MessageDocument>, deadline: Instant) -> Attempt {
        let (answer, answered) = oneshot::channel();
        match timeout_at(deadline, self.runs.send(Run { documents, answer })).await {
            Ok(Ok(())) => match timeout_at(deadline, answered).await {
                Ok(Ok(attempt)) => attempt,
                // They may have been sent, by a task that died or is waiting still.
                Ok(Err(_)) | Err(_) => Attempt::Unknown,
            },
            // They never left the queue.
            Ok(Err(_)) | Err(_) => Attempt::Failed(no_answer()),
        }
    }
}

/// Takes what piled up and sends it off, as long as there is a lane.
async fn dispatch(collections: Collections, tasks: TaskTracker, mut queued: mpsc::Receiver<Run>) {
    let lanes = Arc::new(Semaphore::new(LANES));
    let mut runs = Vec::new();
    while let Ok(lane) = Arc::clone(&lanes).acquire_owned().await {
        gather(&mut queued, &mut runs, MOST).await;
        if runs.is_empty() {
            return;
        }
        let (collections, mut runs) = (collections.clone(), mem::take(&mut runs));
        tasks.spawn(async move {
            while !runs.is_empty() {
                // Who no longer waits has taken the outcome for unknown.
                runs.retain(|run| !run.answer.is_closed());
                runs = insert(&collections, runs).await;
            }
            drop(lane);
        });
    }
}

/// Inserts all runs at once and answers; gives back those that weren't tried because an earlier one was refused.
async fn insert(collections: &Collections, mut runs: Vec<Run>) -> Vec<Run> {
    let documents: Vec<&MessageDocument> = runs.iter().flat_map(|run| &run.documents).collect();
    if documents.is_empty() {
        return Vec::new();
    }
    let insert = async { collections.messages.insert_many(documents).ordered(true).await };
    let outcome = timeout(collections.limit, insert).await;
    let attempt = match outcome {
        Ok(Ok(_)) => Attempt::Done,
        Ok(Err(error)) => match refusal(&error) {
            Some(refusal) => return answer_refused(runs, refusal, error),
            None if is_outcome_unknown(&error) => Attempt::Unknown,
            None => Attempt::Failed(classify(error)),
        },
        Err(_) => Attempt::Unknown,
    };
    for run in runs.drain(..) {
        // Who no longer waits has taken the outcome for unknown.
        let _ = run.answer.send(attempt.clone());
    }
    runs
}

/// Answers the runs before the refusal and the one that it concerns, and gives back those after it.
fn answer_refused(runs: Vec<Run>, refusal: Refusal, error: Error) -> Vec<Run> {
    let mut refused = Some((refusal, error));
    let mut untried = Vec::new();
    for run in runs {
        let attempt = match refused.take() {
            None => {
                untried.push(run);
                continue;
            }
            Some((mut refusal, error)) if refusal.stored >= run.documents.len() => {
                refusal.stored -= run.documents.len();
                refused = Some((refusal, error));
                Attempt::Done
            }
            Some((refusal, error)) => Attempt::Refused(refusal, error),
        };
        let _ = run.answer.send(attempt);
    }
    untried
}

#[cfg(test)]
mod tests {
    use bson::oid::ObjectId;

    use super::*;

    fn run_of(messages: usize) -> (Run, oneshot::Receiver<Attempt>) {
        let (answer, answered) = oneshot::channel();
        let document = MessageDocument {
            id: ObjectId::from_bytes([1; 12]),
            room_id: ObjectId::from_bytes([2; 12]),
            seq: 1,
            rev: 1,
            revs: vec![1],
            posted_rev: None,
            change: None,
            author_id: ObjectId::from_bytes([3; 12]),
            author_name: "ann".to_owned(),
            kind: None,
            content: Some("hello".to_owned()),
            version: None,
            edited_at: None,
            mentions: Vec::new(),
            reactions: Vec::new(),
            pin: None,
            created_at: bson::DateTime::from_millis(0),
            nonce: None,
            reply_to: None,
            thread: None,
            deleted_at: None,
            deleted_by: None,
        };
        (Run { documents: vec![document; messages], answer }, answered)
    }

    #[test]
    fn a_refusal_concerns_one_room_and_those_after_it_are_tried_again() {
        let (first, mut first_answer) = run_of(2);
        let (second, mut second_answer) = run_of(3);
        let (third, mut third_answer) = run_of(1);
        let refusal = Refusal { stored: 3, index: Some("room_seq".to_owned()) };
        let untried = answer_refused(vec![first, second, third], refusal, std::io::Error::other("refused").into());
        assert_eq!(untried.len(), 1);
        assert!(matches!(first_answer.try_recv(), Ok(Attempt::Done)));
        assert!(matches!(second_answer.try_recv(), Ok(Attempt::Refused(Refusal { stored: 1, .. }, _))));
        assert!(third_answer.try_recv().is_err());
    }

    #[test]
    fn the_first_message_of_a_room_can_be_the_refused_one() {
        let (first, mut first_answer) = run_of(2);
        let (second, mut second_answer) = run_of(3);
        let refusal = Refusal { stored: 2, index: None };
        let untried = answer_refused(vec![first, second], refusal, std::io::Error::other("refused").into());
        assert!(untried.is_empty());
        assert!(matches!(first_answer.try_recv(), Ok(Attempt::Done)));
        assert!(matches!(second_answer.try_recv(), Ok(Attempt::Refused(Refusal { stored: 0, .. }, _))));
    }
}
