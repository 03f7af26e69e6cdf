//! Everything that is written to a room's timeline goes through one task per room on this node: what piles up
//! while one batch is on its way to the server is the next batch. The batches of all rooms go to the server together.

mod admission;
mod appends;
mod changes;
mod inserter;
mod repeats;
mod room_writer;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::model::{ChangeRefusal, MessageChange, NewMessage, RoomId};
use domain::port::{AppendError, Cause, RepositoryError};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use crate::access_loader::AccessLoader;
use crate::collections::Collections;
use crate::document::StoredMessage;
use inserter::Inserter;
use room_writer::RoomWriter;

/// How many writes wait for a room before callers wait to enqueue.
const QUEUE: usize = 1024;

/// A write to a timeline, with where its answer goes.
#[derive(Debug)]
pub(crate) enum Job {
    /// Append a message.
    Append(Waiting),
    /// Change a message.
    Change(WaitingChange),
    /// Nothing: answered when every append that was enqueued before is done.
    Barrier(oneshot::Sender<()>),
}

/// What was stored for an append.
#[derive(Debug)]
pub(crate) struct Stored {
    /// The message, or the original.
    pub(crate) stored: StoredMessage,
    /// Whether it was there before.
    pub(crate) duplicate: bool,
}

/// What came of a change.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The message under its new number.
    Done(StoredMessage),
    /// The message as it was already.
    Unchanged(StoredMessage),
    /// The message as it stays.
    Refused(ChangeRefusal, StoredMessage),
    /// There is no such message any more.
    Absent,
}

/// A message to be appended.
#[derive(Debug)]
pub(crate) struct Waiting {
    message: NewMessage,
    answer: oneshot::Sender<Result<Stored, AppendError>>,
    /// Whether it was sent to the server, so that it may be stored although nobody confirmed it.
    sent: bool,
}

/// A change to be made.
#[derive(Debug)]
pub(crate) struct WaitingChange {
    /// The message as it was found when the change was asked for.
    found: StoredMessage,
    change: MessageChange,
    answer: oneshot::Sender<Result<Outcome, RepositoryError>>,
}

/// The rooms that are being written to on this node.
#[derive(Debug, Clone)]
pub(crate) struct Batcher {
    rooms: Rooms,
    collections: Collections,
    access: AccessLoader,
    inserter: Inserter,
    tasks: TaskTracker,
}

type Rooms = Arc<Mutex<HashMap<RoomId, mpsc::Sender<Job>>>>;

impl Batcher {
    pub(crate) fn new(collections: Collections, access: AccessLoader, tasks: TaskTracker) -> Self {
        let inserter = Inserter::start(collections.clone(), &tasks);
        Self { rooms: Rooms::default(), collections, access, inserter, tasks }
    }

    /// Appends a message.
    pub(crate) async fn append(&self, message: NewMessage) -> Result<Stored, AppendError> {
        let room_id = message.room_id;
        let (answer, answered) = oneshot::channel();
        self.enqueue(room_id, Job::Append(Waiting { message, answer, sent: false })).await?;
        answered.await.unwrap_or_else(|_| Err(given_up().into()))
    }

    /// Changes a message that was found a moment ago.
    pub(crate) async fn change(&self, found: StoredMessage, change: MessageChange) -> Result<Outcome, RepositoryError> {
        let room_id = found.message.room_id;
        let (answer, answered) = oneshot::channel();
        self.enqueue(room_id, Job::Change(WaitingChange { found, change, answer })).await?;
        answered.await.unwrap_or_else(|_| Err(given_up()))
    }

    /// To be called after the room or its members were changed: lets the change count for every write that begins
    /// from now on, and waits until those that were checked before are done.
    pub(crate) async fn settle(&self, room_id: RoomId) -> Result<(), RepositoryError> {
        self.access.forget();
        if !lock(&self.rooms).contains_key(&room_id) {
            return Ok(());
        }
        let (answer, answered) = oneshot::channel();
        self.enqueue(room_id, Job::Barrier(answer)).await?;
        // A task that died does nothing any more either.
        let _ = answered.await;
        Ok(())
    }

    async fn enqueue(&self, room_id: RoomId, job: Job) -> Result<(), RepositoryError> {
        match timeout(self.collections.limit, self.queue(room_id).send(job)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(RepositoryError::Unavailable(Cause::new("the writer of the room was stopped"))),
            Err(_) => Err(RepositoryError::Unavailable(Cause::new("too many writes wait for the room"))),
        }
    }

    /// Gives the queue of a room, starting its task if there is none.
    fn queue(&self, room_id: RoomId) -> mpsc::Sender<Job> {
        let mut rooms = lock(&self.rooms);
        // A closed queue is what a task that panicked leaves behind.
        if let Some(queue) = rooms.get(&room_id).filter(|queue| !queue.is_closed()) {
            return queue.clone();
        }
        let (queue, jobs) = mpsc::channel(QUEUE);
        rooms.insert(room_id, queue.clone());
        drop(rooms);
        let rooms = Arc::clone(&self.rooms);
        // Queues are handed out under the lock only, so if nobody holds one now, nobody will.
        let retire = move |jobs: &mpsc::Receiver<Job>| {
            let mut rooms = lock(&rooms);
            let unused = jobs.is_empty() && jobs.sender_strong_count() == 1;
            if unused {
                rooms.remove(&room_id);
            }
            unused
        };
        self.tasks.spawn(RoomWriter::new(self, room_id).run(jobs, retire));
        queue
    }

    /// How many rooms have a task right now.
    #[cfg(test)]
    fn rooms(&self) -> usize {
        lock(&self.rooms).len()
    }
}

fn given_up() -> RepositoryError {
    RepositoryError::Timeout(Cause::new("the writer of the room was stopped"))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::model::Id;
    use mongodb::Client;
    use mongodb::options::ClientOptions;

    use super::*;

    /// A room of a database that nothing is ever sent to.
    fn a_batcher() -> (Batcher, RoomId) {
        let options = ClientOptions::builder().hosts(vec![]).build();
        let database = Client::with_options(options).unwrap().database("unused");
        let (collections, tasks) = (Collections::new(database, Duration::from_secs(5)), TaskTracker::new());
        let access = AccessLoader::start(collections.clone(), &tasks);
        let batcher = Batcher::new(collections, access, tasks);
        (batcher, RoomId::new(Id::from_bytes([1; 12])))
    }

    #[tokio::test(start_paused = true)]
    async fn a_room_that_nobody_writes_to_keeps_no_task() {
        let (batcher, room_id) = a_batcher();
        drop(batcher.queue(room_id));
        assert_eq!(batcher.rooms(), 1);
        tokio::time::sleep(Duration::from_secs(3600)).await;
        assert_eq!(batcher.rooms(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_stays_as_long_as_somebody_is_about_to_write() {
        let (batcher, room_id) = a_batcher();
        let queue = batcher.queue(room_id);
        tokio::time::advance(Duration::from_secs(3600)).await;
        assert_eq!(batcher.rooms(), 1);
        let (answer, answered) = oneshot::channel();
        queue.send(Job::Barrier(answer)).await.unwrap();
        answered.await.unwrap();
    }
}
