//! The loop of the writer's thread.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use domain::port::{AppendError, Cause, RepositoryError};
use rusqlite::Connection;
use rusqlite::hooks::Wal;
use tokio::sync::{mpsc, oneshot};

use crate::SqliteOptions;
use crate::accesses::{Accesses, Changed};
use crate::append::append;
use crate::error::{classify, is_lost_sync};
use crate::heads::Heads;
use crate::health::Health;
use crate::job::{Done, Job, Touches, Writing, panicked};

thread_local! {
    /// How many pages the log held after this thread's last commit.
    static LOG_PAGES: Cell<u32> = const { Cell::new(0) };
}

/// Everything the thread owns.
pub(crate) struct WriteLoop {
    connection: Connection,
    jobs: mpsc::Receiver<Job>,
    batch: usize,
    checkpoint_pages: u32,
    next_checkpoint: u32,
    accesses: Arc<Accesses>,
    health: Arc<Health>,
    heads: Heads,
    changed: Vec<Changed>,
    done: Vec<Done>,
    closers: Vec<oneshot::Sender<Result<(), RepositoryError>>>,
}

impl WriteLoop {
    pub(crate) fn new(
        connection: Connection,
        jobs: mpsc::Receiver<Job>,
        options: &SqliteOptions,
        accesses: Arc<Accesses>,
        health: Arc<Health>,
    ) -> Self {
        Self {
            connection,
            jobs,
            batch: options.batch.max(1),
            checkpoint_pages: options.checkpoint_pages.max(1),
            next_checkpoint: options.checkpoint_pages.max(1),
            accesses,
            health,
            heads: Heads::default(),
            changed: Vec::new(),
            done: Vec::new(),
            closers: Vec::new(),
        }
    }

    /// Works until the queue is closed and empty. Takes everything queued at once and waits for no more: what comes
    /// in during a commit is the next batch, so batches grow with the load by themselves.
    pub(crate) fn run(mut self) {
        // The log is copied between transactions by `checkpoint`, where nobody waits and errors are seen.
        if let Err(error) = self.connection.pragma_update(None, "wal_autocheckpoint", 0) {
            tracing::warn!(%error, "the log is copied at SQLite's own times");
        }
        self.connection.wal_hook(Some(note_log_pages));
        let mut jobs = Vec::with_capacity(self.batch);
        while self.jobs.blocking_recv_many(&mut jobs, self.batch) > 0 {
            self.commit(&mut jobs);
            self.checkpoint();
        }
        let end = self.finish();
        for closer in self.closers.drain(..) {
            drop(closer.send(end.clone()));
        }
    }

    /// Does all jobs in one transaction, and answers when it is durable or lost.
    fn commit(&mut self, jobs: &mut Vec<Job>) {
        let size = jobs.len();
        let mut queue = jobs.drain(..);
        let outcome = match self.health.failure() {
            Some(failure) => Err(failure),
            None => self.transaction(queue.by_ref()),
        };
        for job in queue {
            self.put_off(job);
        }
        if outcome.is_err() {
            self.roll_back();
        }
        // Before any answer: whoever is told of a write must not read what was before it.
        self.accesses.forget(&self.changed);
        self.changed.clear();
        self.health.note(size, outcome.as_ref().map(drop));
        for done in self.done.drain(..) {
            done.answer(outcome.as_ref().copied());
        }
    }

    fn transaction(&mut self, jobs: impl Iterator<Item = Job>) -> Result<(), RepositoryError> {
        self.execute("BEGIN IMMEDIATE")?;
        for job in jobs {
            let outcome = match job {
                Job::Append(message, reply) => {
                    let (connection, heads) = (&self.connection, &mut self.heads);
                    let result = catch_unwind(AssertUnwindSafe(|| append(connection, heads, message)));
                    let panic = result.is_err();
                    let result = result.unwrap_or_else(|_| Err(panicked().into()));
                    let outcome = storage_error(&result);
                    self.done.push(Done::Append(result, reply));
                    if panic {
                        // Nobody knows what the heads are worth now.
                        return Err(panicked());
                    }
                    outcome
                }
                Job::Other(task) => self.other(task)?,
                Job::Close(closer) => {
                    self.jobs.close();
                    self.closers.push(closer);
                    Ok(())
                }
            };
            // Some errors make SQLite roll back the whole transaction by itself.
            if self.connection.is_autocommit() {
                return Err(outcome.err().unwrap_or_else(|| lost("the transaction was rolled back")));
            }
        }
        self.heads.flush(&self.connection).map_err(classify)?;
        self.execute("COMMIT")
    }

    /// Does one job in a savepoint of its own; the outer error means that the whole transaction is of no use.
    fn other(&mut self, mut task: Box<dyn crate::job::Task>) -> Result<Result<(), RepositoryError>, RepositoryError> {
        if task.touches() == Touches::Rooms {
            self.heads.settle(&self.connection).map_err(classify)?;
        }
        self.execute("SAVEPOINT job")?;
        let writing = Writing::new(&self.connection, &mut self.heads, &mut self.changed);
        let outcome = catch_unwind(AssertUnwindSafe(|| task.run(writing)));
        let outcome = outcome.unwrap_or_else(|_| Err(panicked()));
        self.done.push(Done::Other(task));
        if !self.connection.is_autocommit() {
            if outcome.is_err() {
                self.execute("ROLLBACK TO job")?;
            }
            self.execute("RELEASE job")?;
        }
        Ok(outcome)
    }

    /// Keeps a job that can't be done any more, to tell its asker so.
    fn put_off(&mut self, job: Job) {
        match job {
            Job::Append(_, reply) => self.done.push(Done::Append(Err(panicked().into()), reply)),
            Job::Other(task) => self.done.push(Done::Other(task)),
            Job::Close(closer) => {
                self.jobs.close();
                self.closers.push(closer);
            }
        }
    }

    fn roll_back(&mut self) {
        self.heads.forget();
        if self.connection.is_autocommit() {
            return;
        }
        if let Err(error) = self.connection.execute_batch("ROLLBACK") {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
    }

    /// Runs a statement without parameters; a sync that failed ends all writing.
    fn execute(&self, sql: &str) -> Result<(), RepositoryError> {
        let outcome = self.connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
        outcome.map(drop).map_err(|error| self.sort(error))
    }

    fn sort(&self, error: rusqlite::Error) -> RepositoryError {
        if is_lost_sync(&error) {
            self.health.fail("the disk lost data that it had accepted (a sync failed); restart the server to recover");
        }
        classify(error)
    }

    /// Copies the log into the database once it is long enough, between two transactions. If readers of old
    /// snapshots keep it from being used anew, tries again only after it has grown some more.
    fn checkpoint(&mut self) {
        let pages = LOG_PAGES.get();
        if pages < self.checkpoint_pages {
            self.next_checkpoint = self.checkpoint_pages;
        }
        if pages < self.next_checkpoint || self.health.failure().is_some() {
            return;
        }
        self.next_checkpoint = pages.saturating_add(self.checkpoint_pages / 4 + 1);
        if let Err(error) = self.copy_log("PASSIVE") {
            tracing::warn!(%error, "the write-ahead log could not be copied into the database");
        }
    }

    fn copy_log(&self, mode: &str) -> Result<(), RepositoryError> {
        let sql = format!("PRAGMA wal_checkpoint({mode})");
        self.connection.query_row(&sql, [], |_| Ok(())).map_err(|error| self.sort(error))
    }

    fn finish(&self) -> Result<(), RepositoryError> {
        match self.health.failure() {
            Some(failure) => Err(failure),
            None => self.copy_log("TRUNCATE"),
        }
    }
}

/// Gives the error of an append that failed for the store's reasons rather than for the message's.
fn storage_error<T>(result: &Result<T, AppendError>) -> Result<(), RepositoryError> {
    match result {
        Err(AppendError::Repository(error)) => Err(error.clone()),
        Ok(_) | Err(_) => Ok(()),
    }
}

fn lost(what: &str) -> RepositoryError {
    RepositoryError::Unavailable(Cause::new(what))
}

#[expect(clippy::unnecessary_wraps, reason = "the hook's type")]
fn note_log_pages(_: &Wal, pages: std::ffi::c_int) -> rusqlite::Result<()> {
    LOG_PAGES.set(u32::try_from(pages).unwrap_or(0));
    Ok(())
}

#[cfg(test)]
mod tests;
