//! What the writer is asked to do, and how each asker gets the answer.

use std::fmt;

use domain::model::NewMessage;
use domain::port::{AppendError, Appended, Cause, RepositoryError};
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::accesses::Changed;
use crate::error::Failure;
use crate::heads::Heads;

/// A write within the writer's transaction.
pub(crate) struct Writing<'a> {
    /// The writer's connection, inside a transaction and a savepoint.
    pub(crate) connection: &'a Connection,
    /// The numbers of rooms, which may be ahead of their rows.
    pub(crate) heads: &'a mut Heads,
    changed: &'a mut Vec<Changed>,
}

/// What a write touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Touches {
    /// Rooms or memberships: what the writer remembers of them is written before and forgotten.
    Rooms,
    /// Neither, but for the numbers of rooms, which it takes from [`Writing::heads`], and positions in them.
    Rest,
}

impl<'a> Writing<'a> {
    pub(crate) const fn new(connection: &'a Connection, heads: &'a mut Heads, changed: &'a mut Vec<Changed>) -> Self {
        Self { connection, heads, changed }
    }

    /// Notes that this write changes a room, or a user's place in one.
    pub(crate) fn changes(&mut self, what: Changed) {
        self.changed.push(what);
    }
}

/// Something to do in the writer's thread.
#[expect(clippy::large_enum_variant, reason = "nearly all are appends, which are to cost no allocation of their own")]
pub(crate) enum Job {
    /// The frequent one: no allocation, no savepoint.
    Append(NewMessage, oneshot::Sender<Result<Appended, AppendError>>),
    /// Any other write.
    Other(Box<dyn Task>),
    /// Takes no more jobs, does those queued, copies the log into the database and ends.
    Close(oneshot::Sender<Result<(), RepositoryError>>),
}

/// A job that was done in a transaction that isn't committed yet.
#[expect(clippy::large_enum_variant, reason = "nearly all are appends, which are to cost no allocation of their own")]
pub(crate) enum Done {
    Append(Result<Appended, AppendError>, oneshot::Sender<Result<Appended, AppendError>>),
    Other(Box<dyn Task>),
}

impl Done {
    /// Tells the asker, now that the transaction was committed or is known to be lost. Whoever stopped waiting
    /// isn't told.
    pub(crate) fn answer(self, committed: Result<(), &RepositoryError>) {
        match (self, committed) {
            (Self::Append(result, reply), Ok(())) => drop(reply.send(result)),
            (Self::Append(_, reply), Err(error)) => drop(reply.send(Err(error.clone().into()))),
            (Self::Other(task), committed) => task.answer(committed),
        }
    }
}

/// A write of any kind, with its asker.
pub(crate) trait Task: Send {
    /// Tells what it touches.
    fn touches(&self) -> Touches;

    /// Does it, once. On an error the caller rolls back what it did.
    fn run(&mut self, writing: Writing<'_>) -> Result<(), RepositoryError>;

    /// Tells the asker.
    fn answer(self: Box<Self>, committed: Result<(), &RepositoryError>);
}

/// A closure as a task.
pub(crate) struct Write<T, F> {
    touches: Touches,
    work: Option<F>,
    result: Option<Result<T, RepositoryError>>,
    reply: oneshot::Sender<Result<T, RepositoryError>>,
}

impl<T, F> Write<T, F> {
    pub(crate) const fn new(touches: Touches, work: F, reply: oneshot::Sender<Result<T, RepositoryError>>) -> Self {
        Self { touches, work: Some(work), result: None, reply }
    }
}

impl<T, F> Task for Write<T, F>
where
    T: Send,
    F: FnOnce(&mut Writing<'_>) -> Result<T, Failure> + Send,
{
    fn touches(&self) -> Touches {
        self.touches
    }

    fn run(&mut self, mut writing: Writing<'_>) -> Result<(), RepositoryError> {
        let Some(work) = self.work.take() else { return Ok(()) };
        let result = work(&mut writing).map_err(RepositoryError::from);
        let outcome = result.as_ref().map(drop).map_err(Clone::clone);
        self.result = Some(result);
        outcome
    }

    fn answer(self: Box<Self>, committed: Result<(), &RepositoryError>) {
        let answer = match (committed, self.result) {
            (Err(error), _) => Err(error.clone()),
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(panicked()),
        };
        drop(self.reply.send(answer));
    }
}

/// What an asker is told whose job panicked; the panic itself is in the log.
pub(crate) fn panicked() -> RepositoryError {
    RepositoryError::Corrupt(Cause::new("the write was given up half-way and rolled back"))
}

/// What an asker is told after the store was closed.
pub(crate) fn closed() -> RepositoryError {
    RepositoryError::Unavailable(Cause::new("the store is closed"))
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Append(..) => "Append",
            Self::Other(_) => "Other",
            Self::Close(_) => "Close",
        })
    }
}
