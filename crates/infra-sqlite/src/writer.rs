//! The one writer: everything queued becomes one transaction, one sync, and only then any answer.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use domain::model::NewMessage;
use domain::port::{AppendError, Appended, RepositoryError};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::SqliteOptions;
use crate::accesses::Accesses;
use crate::error::Failure;
use crate::health::Health;
use crate::job::{Job, Touches, Write, Writing, closed};
use crate::write_loop::WriteLoop;

/// The way to the writer's thread. Dropping it does what is queued and waits for the thread to end.
#[derive(Debug)]
pub(crate) struct Writer {
    /// There until the drop.
    queue: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread on that connection.
    pub(crate) fn start(
        connection: Connection,
        options: &SqliteOptions,
        accesses: Arc<Accesses>,
        health: Arc<Health>,
    ) -> std::io::Result<Self> {
        let (queue, jobs) = mpsc::channel(options.queue.max(1));
        let work = WriteLoop::new(connection, jobs, options, accesses, health);
        let thread = thread::Builder::new().name("sqlite-writer".to_owned()).spawn(move || work.run())?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Appends a message; it is durable when this returns. Stored even if the caller stops waiting.
    pub(crate) async fn append(&self, message: NewMessage) -> Result<Appended, AppendError> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Append(message, reply)).await?;
        answer.await.unwrap_or_else(|_| Err(closed().into()))
    }

    /// Does a write atomically; it is durable when this returns. Done even if the caller stops waiting.
    pub(crate) async fn write<T, F>(&self, touches: Touches, work: F) -> Result<T, RepositoryError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Writing<'_>) -> Result<T, Failure> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Other(Box::new(Write::new(touches, work, reply)))).await?;
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Takes no more writes, does those queued and copies the log into the database.
    pub(crate) async fn close(&self) -> Result<(), RepositoryError> {
        let (reply, answer) = oneshot::channel();
        if self.send(Job::Close(reply)).await.is_err() {
            return Ok(());
        }
        answer.await.unwrap_or(Ok(()))
    }

    /// Tells how many writes wait.
    #[cfg(test)]
    pub(crate) fn queued(&self) -> usize {
        self.queue.as_ref().map_or(0, |queue| queue.max_capacity() - queue.capacity())
    }

    /// Waits for a place in the queue; places are given in the order of asking.
    async fn send(&self, job: Job) -> Result<(), RepositoryError> {
        match &self.queue {
            Some(queue) => queue.send(job).await.map_err(|_| closed()),
            None => Err(closed()),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was logged when it happened.
            let _ = thread.join();
        }
    }
}
