//! Everything that is written to a room's timeline goes through one task per room on this node: what piles up
//! while one batch is on its way to the server is the next batch.

mod appends;
mod deletion;
mod room_writer;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::model::{MessageId, NewMessage, RoomId, Timestamp, UserId};
use domain::port::{AppendError, Appended, Cause, Deletion, RepositoryError};
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;

use crate::collections::Collections;
use room_writer::RoomWriter;

/// How many writes wait for a room before callers wait to enqueue.
const QUEUE: usize = 1024;

/// A write to a timeline, with where its answer goes.
#[derive(Debug)]
pub(crate) enum Job {
    /// Append a message.
    Append(NewMessage, oneshot::Sender<Result<Appended, AppendError>>),
    /// Replace a message by its tombstone.
    Delete(Tombstone, oneshot::Sender<Result<Deletion, RepositoryError>>),
    /// Nothing: answered when everything enqueued before is done.
    Barrier(oneshot::Sender<()>),
}

/// A deletion to be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tombstone {
    pub(crate) id: MessageId,
    pub(crate) by: UserId,
    pub(crate) at: Timestamp,
}

/// The rooms that are being written to on this node.
#[derive(Debug, Clone)]
pub(crate) struct Batcher {
    rooms: Rooms,
    collections: Collections,
    tasks: TaskTracker,
}

type Rooms = Arc<Mutex<HashMap<RoomId, mpsc::Sender<Job>>>>;

impl Batcher {
    pub(crate) fn new(collections: Collections, tasks: TaskTracker) -> Self {
        Self { rooms: Rooms::default(), collections, tasks }
    }

    /// Appends a message.
    pub(crate) async fn append(&self, message: NewMessage) -> Result<Appended, AppendError> {
        let (answer, answered) = oneshot::channel();
        self.enqueue(message.room_id, Job::Append(message, answer)).await;
        answered.await.unwrap_or_else(|_| Err(given_up().into()))
    }

    /// Deletes a message of that room.
    pub(crate) async fn delete(&self, room_id: RoomId, tombstone: Tombstone) -> Result<Deletion, RepositoryError> {
        let (answer, answered) = oneshot::channel();
        self.enqueue(room_id, Job::Delete(tombstone, answer)).await;
        answered.await.unwrap_or_else(|_| Err(given_up()))
    }

    /// Waits until everything that was checked or enqueued before is done, if the room is being written to.
    pub(crate) async fn settle(&self, room_id: RoomId) {
        if !lock(&self.rooms).contains_key(&room_id) {
            return;
        }
        let (answer, answered) = oneshot::channel();
        self.enqueue(room_id, Job::Barrier(answer)).await;
        let _ = answered.await;
    }

    async fn enqueue(&self, room_id: RoomId, mut job: Job) {
        loop {
            let queue = self.queue(room_id);
            // A room that has just given up hands the job back; the next one takes it.
            match queue.send(job).await {
                Ok(()) => return,
                Err(mpsc::error::SendError(returned)) => job = returned,
            }
        }
    }

    fn queue(&self, room_id: RoomId) -> mpsc::Sender<Job> {
        let mut rooms = lock(&self.rooms);
        if let Some(queue) = rooms.get(&room_id)
            && !queue.is_closed()
        {
            return queue.clone();
        }
        let (queue, jobs) = mpsc::channel(QUEUE);
        rooms.insert(room_id, queue.clone());
        drop(rooms);
        let rooms = Arc::clone(&self.rooms);
        let forget = move || {
            let mut rooms = lock(&rooms);
            if rooms.get(&room_id).is_some_and(mpsc::Sender::is_closed) {
                rooms.remove(&room_id);
            }
        };
        self.tasks.spawn(RoomWriter::new(self.collections.clone(), room_id).run(jobs, forget));
        queue
    }
}

fn given_up() -> RepositoryError {
    RepositoryError::Timeout(Cause::new("the writer of the room was stopped"))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
