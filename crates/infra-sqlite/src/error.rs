//! What can go wrong, sorted into the words the ports use.

use std::io;
use std::path::{Path, PathBuf};

use domain::model::InvalidValue;
use domain::port::{AppendError, Cause, Constraint, RepositoryError};
use rusqlite::ErrorCode;
use rusqlite::ffi::{SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_IOERR_DIR_FSYNC, SQLITE_IOERR_FSYNC, SQLITE_IOERR_SHMSIZE};
use thiserror::Error;

/// Why a store couldn't be opened, copied, put back or checked.
#[derive(Debug, Clone, Error)]
pub enum OpenError {
    /// A file or directory couldn't be made, opened or written.
    #[error("cannot use {path}: {source}")]
    Io {
        /// Which file or directory.
        path: PathBuf,
        /// What the operating system says.
        source: Cause,
    },
    /// Another process holds the data directory.
    #[error(
        "the data directory {path} is in use by another Chinwag process{holder}; stop that one, or give this one \
         another directory with --data-dir"
    )]
    InUse {
        /// The data directory.
        path: PathBuf,
        /// Who holds it, as ` (process 123)`; empty if that isn't known.
        holder: String,
    },
    /// A newer Chinwag wrote the database.
    #[error(
        "{path} has schema {found}, and this Chinwag knows schemas up to {known}: run the newer Chinwag that wrote \
         it, or restore a backup from before the upgrade into an empty directory"
    )]
    NewerSchema {
        /// The database file.
        path: PathBuf,
        /// The number of its newest migration.
        found: u32,
        /// The newest migration known here.
        known: u32,
    },
    /// The file is a database, but of another program.
    #[error("{path} is not a Chinwag database; choose another data directory, or move that file away")]
    NotOurs {
        /// The database file.
        path: PathBuf,
    },
    /// There is no database.
    #[error("there is no database at {path}")]
    Missing {
        /// Where one was expected.
        path: PathBuf,
    },
    /// Something is in the way that must not be overwritten.
    #[error("{path} exists already and is not overwritten; choose another place, or move it away")]
    Exists {
        /// What is in the way.
        path: PathBuf,
    },
    /// The file is damaged.
    #[error("{path} is damaged: {}", faults.join("; "))]
    Damaged {
        /// The database file.
        path: PathBuf,
        /// What was found, a line each.
        faults: Vec<String>,
    },
    /// The database itself failed.
    #[error("the database {path} failed: {source}")]
    Database {
        /// The database file.
        path: PathBuf,
        /// What it says.
        source: Cause,
    },
}

impl OpenError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Io { path: path.to_owned(), source: Cause::new(error) }
    }

    pub(crate) fn database(path: &Path) -> impl Fn(rusqlite::Error) -> Self {
        move |error| Self::Database { path: path.to_owned(), source: Cause::new(error) }
    }
}

/// What a question to the database ends with: the port's error, made from the driver's wherever `?` stands.
#[derive(Debug, Clone)]
pub(crate) struct Failure(pub(crate) RepositoryError);

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self(classify(error))
    }
}

impl From<RepositoryError> for Failure {
    fn from(error: RepositoryError) -> Self {
        Self(error)
    }
}

/// A stored value that isn't valid wasn't written by us.
impl From<InvalidValue> for Failure {
    fn from(error: InvalidValue) -> Self {
        Self(RepositoryError::Corrupt(Cause::new(error)))
    }
}

impl From<Constraint> for Failure {
    fn from(constraint: Constraint) -> Self {
        Self(RepositoryError::Conflict(constraint))
    }
}

impl From<Failure> for RepositoryError {
    fn from(failure: Failure) -> Self {
        failure.0
    }
}

impl From<Failure> for AppendError {
    fn from(failure: Failure) -> Self {
        Self::Repository(failure.0)
    }
}

/// Says that what was read can't be what was written.
pub(crate) fn corrupt(found: &str) -> Failure {
    Failure(RepositoryError::Corrupt(Cause::new(found)))
}

/// Sorts a driver's error. Values that can't be read, and constraints that the code before was to keep, are
/// `Corrupt`.
pub(crate) fn classify(error: rusqlite::Error) -> RepositoryError {
    let (code, extended) = match error.sqlite_error() {
        Some(sqlite) => (sqlite.code, sqlite.extended_code),
        None => return RepositoryError::Corrupt(Cause::new(error)),
    };
    match code {
        // The shared-memory index can't grow: in practice, for want of space.
        _ if extended == SQLITE_IOERR_SHMSIZE => RepositoryError::StorageFull(Cause::new(error)),
        _ if extended == SQLITE_CONSTRAINT_FOREIGNKEY => RepositoryError::Conflict(Constraint::Reference),
        ErrorCode::DiskFull => RepositoryError::StorageFull(Cause::new(error)),
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::SystemIoFailure
        | ErrorCode::CannotOpen
        | ErrorCode::ReadOnly
        | ErrorCode::PermissionDenied
        | ErrorCode::OutOfMemory
        | ErrorCode::OperationInterrupted
        | ErrorCode::OperationAborted
        | ErrorCode::FileLockingProtocolFailed
        | ErrorCode::NoLargeFileSupport => RepositoryError::Unavailable(Cause::new(error)),
        _ => RepositoryError::Corrupt(Cause::new(error)),
    }
}

/// Tells whether a write to the disk was accepted and then lost: from here on nobody knows what is durable.
pub(crate) fn is_lost_sync(error: &rusqlite::Error) -> bool {
    error
        .sqlite_error()
        .is_some_and(|sqlite| matches!(sqlite.extended_code, SQLITE_IOERR_FSYNC | SQLITE_IOERR_DIR_FSYNC))
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    fn error(code: i32) -> rusqlite::Error {
        rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)
    }

    #[test]
    fn driver_errors_get_the_words_of_the_ports() {
        let storage = |code| matches!(classify(error(code)), RepositoryError::StorageFull(_));
        let unavailable = |code| matches!(classify(error(code)), RepositoryError::Unavailable(_));
        let corrupt = |code| matches!(classify(error(code)), RepositoryError::Corrupt(_));
        assert!(storage(ffi::SQLITE_FULL) && storage(ffi::SQLITE_IOERR_SHMSIZE));
        assert!(
            unavailable(ffi::SQLITE_BUSY) && unavailable(ffi::SQLITE_IOERR_WRITE) && unavailable(ffi::SQLITE_IOERR)
        );
        assert!(corrupt(ffi::SQLITE_CORRUPT) && corrupt(ffi::SQLITE_NOTADB));
        assert!(matches!(
            classify(error(SQLITE_CONSTRAINT_FOREIGNKEY)),
            RepositoryError::Conflict(Constraint::Reference)
        ));
    }

    #[test]
    fn only_a_failed_sync_leaves_durability_unknown() {
        assert!(is_lost_sync(&error(SQLITE_IOERR_FSYNC)));
        assert!(!is_lost_sync(&error(ffi::SQLITE_IOERR_WRITE)) && !is_lost_sync(&error(ffi::SQLITE_FULL)));
    }
}
