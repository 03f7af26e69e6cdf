//! The threads that read, each with a connection of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use domain::port::{Cause, RepositoryError};
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::error::{Failure, classify};
use crate::job::closed;

/// How many reads wait or run at most; further callers wait for a place.
const QUEUE: usize = 1024;

type Question = Box<dyn FnOnce(&Connection) + Send>;

/// The way to the readers. Dropping it waits for them to end.
#[derive(Debug)]
pub(crate) struct Readers {
    /// There until the drop. Unbounded by itself; the places bound it.
    queue: Option<Sender<Question>>,
    places: Arc<Semaphore>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    /// Starts a thread for each connection.
    pub(crate) fn start(connections: Vec<Connection>) -> std::io::Result<Self> {
        let (queue, questions) = channel();
        let questions = Arc::new(Mutex::new(questions));
        let mut readers = Self { queue: Some(queue), places: Arc::new(Semaphore::new(QUEUE)), threads: Vec::new() };
        for (index, connection) in connections.into_iter().enumerate() {
            let questions = Arc::clone(&questions);
            let thread = thread::Builder::new().name(format!("sqlite-reader-{index}"));
            readers.threads.push(thread.spawn(move || run(&connection, &questions))?);
        }
        Ok(readers)
    }

    /// Reads from one snapshot of what is committed, no older than the call.
    pub(crate) async fn read<T, F>(&self, question: F) -> Result<T, RepositoryError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| closed())?;
        let (reply, answer) = oneshot::channel();
        let ask = Box::new(move |connection: &Connection| drop(reply.send(in_snapshot(connection, question, place))));
        self.queue.as_ref().ok_or_else(closed)?.send(ask).map_err(|_| closed())?;
        let given_up = || RepositoryError::Corrupt(Cause::new("the read was given up half-way"));
        answer.await.map_err(|_| given_up())?
    }
}

/// Answers one question at a time. A panic ends the question, not the thread.
fn run(connection: &Connection, questions: &Mutex<Receiver<Question>>) {
    loop {
        // Held while waiting: one thread waits for the next question, the others for the lock.
        let next = questions.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(question) = next else { return };
        if catch_unwind(AssertUnwindSafe(|| question(connection))).is_err() && !connection.is_autocommit() {
            // Else the thread would go on reading the old snapshot.
            if let Err(error) = connection.execute_batch("ROLLBACK") {
                tracing::error!(%error, "a read could not be ended");
            }
        }
    }
}

fn in_snapshot<T>(
    connection: &Connection,
    question: impl FnOnce(&Connection) -> Result<T, Failure>,
    place: OwnedSemaphorePermit,
) -> Result<T, RepositoryError> {
    let execute =
        |sql| connection.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map_err(classify);
    execute("BEGIN")?;
    let answer = question(connection);
    // Some errors end the transaction by themselves.
    if !connection.is_autocommit() {
        execute("COMMIT")?;
    }
    drop(place);
    answer.map_err(RepositoryError::from)
}

impl Drop for Readers {
    fn drop(&mut self) {
        drop(self.queue.take());
        for thread in self.threads.drain(..) {
            // A panic of a thread was logged when it happened.
            let _ = thread.join();
        }
    }
}
