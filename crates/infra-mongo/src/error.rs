//! The driver's errors in the words of the ports.

use domain::port::{Cause, Constraint, RepositoryError};
use mongodb::error::{Error, ErrorKind, WriteFailure};

/// Code of a write that a unique index refused.
const DUPLICATE_KEY: i32 = 11000;
/// Code of a server whose disk is full.
const OUT_OF_DISK: i32 = 14031;
/// Codes of operations that took too long: MaxTimeMSExpired, ExceededTimeLimit, WriteConcernFailed with wtimeout.
const TOO_LONG: [i32; 3] = [50, 262, 64];

/// Classifies an error of the driver.
pub(crate) fn classify(error: Error) -> RepositoryError {
    if let Some(index) = violated_index(&error) {
        return RepositoryError::Conflict(constraint(&index));
    }
    match code(&error) {
        Some(OUT_OF_DISK) => return RepositoryError::StorageFull(Cause::new(error)),
        Some(code) if TOO_LONG.contains(&code) => return RepositoryError::Timeout(Cause::new(error)),
        _ => {}
    }
    match error.kind.as_ref() {
        ErrorKind::Io(io) if io.kind() == std::io::ErrorKind::TimedOut => RepositoryError::Timeout(Cause::new(error)),
        ErrorKind::Bson(_) | ErrorKind::BsonDeserialization(_) | ErrorKind::InvalidResponse { .. } => {
            RepositoryError::Corrupt(Cause::new(error))
        }
        _ => RepositoryError::Unavailable(Cause::new(error)),
    }
}

/// Tells what can't be read in a document.
pub(crate) fn corrupt(what: &str) -> RepositoryError {
    RepositoryError::Corrupt(Cause::new(format!("a stored document has an unusable {what}")))
}

/// Gives the name of the unique index that refused a write, if that is what happened.
pub(crate) fn violated_index(error: &Error) -> Option<String> {
    let message = match error.kind.as_ref() {
        ErrorKind::Write(WriteFailure::WriteError(error)) if error.code == DUPLICATE_KEY => &error.message,
        ErrorKind::InsertMany(failure) => {
            let first = failure.write_errors.as_ref()?.first()?;
            (first.code == DUPLICATE_KEY).then_some(&first.message)?
        }
        ErrorKind::Command(error) if error.code == DUPLICATE_KEY => &error.message,
        _ => return None,
    };
    index_name(message).map(str::to_owned)
}

/// Reads the index out of «… index: NAME dup key: …», the only place where the server names it.
pub(crate) fn index_name(message: &str) -> Option<&str> {
    message.split(" index: ").nth(1)?.split(' ').next()
}

fn constraint(index: &str) -> Constraint {
    match index {
        "skeleton" | "key" => Constraint::UsernameUnique,
        "name" => Constraint::RoomNameUnique,
        _ => Constraint::IdUnique,
    }
}

fn code(error: &Error) -> Option<i32> {
    match error.kind.as_ref() {
        ErrorKind::Command(error) => Some(error.code),
        ErrorKind::Write(WriteFailure::WriteError(error)) => Some(error.code),
        ErrorKind::Write(WriteFailure::WriteConcernError(error)) => Some(error.code),
        ErrorKind::InsertMany(failure) => match (&failure.write_errors, &failure.write_concern_error) {
            (Some(errors), _) => errors.first().map(|error| error.code),
            (None, Some(error)) => Some(error.code),
            (None, None) => None,
        },
        _ => None,
    }
}
