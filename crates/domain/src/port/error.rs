//! How a store fails, in words that are the same for every store.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use thiserror::Error;

use crate::error::{ErrorCode, ErrorKind, UseCaseError};

/// The driver's error behind a [`RepositoryError`], for the log only. Shared, because one failed batch fails
/// many callers.
#[derive(Clone)]
pub struct Cause(Arc<dyn Error + Send + Sync>);

impl Cause {
    /// Wraps a driver's error, or a text that says what was found.
    pub fn new(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(Arc::from(error.into()))
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

/// A rule of ours that a write would have broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Constraint {
    /// No two users have names with the same skeleton.
    UsernameUnique,
    /// No two rooms have the same name.
    RoomNameUnique,
    /// No two things have the same id.
    IdUnique,
    /// What a row points at exists.
    Reference,
}

/// Why a store couldn't do what it was asked.
#[derive(Debug, Clone, Error)]
pub enum RepositoryError {
    /// The write would break one of our rules; nothing was written.
    #[error("the store already holds something that conflicts: {0:?}")]
    Conflict(Constraint),
    /// The store can't be reached or can't serve right now; nothing is known to be written.
    #[error("the store is unavailable")]
    Unavailable(#[source] Cause),
    /// The store didn't answer in time; the write may have happened.
    #[error("the store did not answer in time")]
    Timeout(#[source] Cause),
    /// The store has no space; nothing was written.
    #[error("the store has no space left")]
    StorageFull(#[source] Cause),
    /// What was read can't be what was written, or the store broke its contract.
    #[error("the store holds something that can't be read")]
    Corrupt(#[source] Cause),
}

impl UseCaseError for RepositoryError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Conflict(_) => ErrorKind::Conflict,
            Self::Unavailable(_) => ErrorKind::Unavailable,
            Self::Timeout(_) => ErrorKind::Timeout,
            Self::StorageFull(_) => ErrorKind::StorageFull,
            Self::Corrupt(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Conflict(Constraint::UsernameUnique) => ErrorCode::UsernameTaken,
            Self::Conflict(Constraint::RoomNameUnique) => ErrorCode::RoomExists,
            Self::Conflict(Constraint::IdUnique | Constraint::Reference) => ErrorCode::Conflict,
            Self::Unavailable(_) => ErrorCode::Unavailable,
            Self::Timeout(_) => ErrorCode::Timeout,
            Self::StorageFull(_) => ErrorCode::StorageFull,
            Self::Corrupt(_) => ErrorCode::Internal,
        }
    }
}
