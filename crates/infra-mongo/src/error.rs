//! The driver's errors in the words of the ports.

use domain::port::{Cause, Constraint, RepositoryError};
use mongodb::error::{Error, ErrorKind, RETRYABLE_WRITE_ERROR, WriteFailure};

/// Code of a write that a unique index refused.
const DUPLICATE_KEY: i32 = 11000;
/// Code of a server whose disk is full.
const OUT_OF_DISK: i32 = 14031;
/// Codes of operations that took too long: MaxTimeMSExpired, NetworkTimeout, ExceededTimeLimit.
const TOO_LONG: [i32; 3] = [50, 89, 262];

/// Where an ordered insertion of several documents stopped.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    /// How many documents before it are stored and durable.
    pub(crate) stored: usize,
    /// The unique index that refused the next one, if that was the reason.
    pub(crate) index: Option<String>,
}

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
        // The write is there, and may stay or not: a majority didn't confirm it.
        ErrorKind::Write(WriteFailure::WriteConcernError(_)) => RepositoryError::Timeout(Cause::new(error)),
        ErrorKind::InsertMany(failure) if failure.write_concern_error.is_some() => {
            RepositoryError::Timeout(Cause::new(error))
        }
        ErrorKind::Bson(_)
        | ErrorKind::BsonDeserialization(_)
        | ErrorKind::BsonSerialization(_)
        | ErrorKind::InvalidResponse { .. } => RepositoryError::Corrupt(Cause::new(error)),
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
    Some(index_name(message).unwrap_or_default().to_owned())
}

/// Tells where an ordered insertion stopped; nothing if that isn't known.
pub(crate) fn refusal(error: &Error) -> Option<Refusal> {
    let ErrorKind::InsertMany(failure) = error.kind.as_ref() else {
        return None;
    };
    // What was inserted before must be durable too; without that the outcome is unknown.
    if failure.write_concern_error.is_some() {
        return None;
    }
    let first = failure.write_errors.as_ref()?.first()?;
    Some(Refusal { stored: first.index, index: violated_index(error) })
}

/// Tells whether a write that failed so can have happened all the same.
pub(crate) fn is_outcome_unknown(error: &Error) -> bool {
    match error.kind.as_ref() {
        // The driver reports the first three only if it never got as far as sending anything.
        ErrorKind::ServerSelection { .. }
        | ErrorKind::InvalidArgument { .. }
        | ErrorKind::Authentication { .. }
        | ErrorKind::Write(WriteFailure::WriteError(_)) => false,
        ErrorKind::Command(_) => error.contains_label(RETRYABLE_WRITE_ERROR),
        _ => true,
    }
}

/// Reads the index out of «… index: NAME dup key: …», the only place where the server names it.
fn index_name(message: &str) -> Option<&str> {
    message.split(" index: ").nth(1)?.split(' ').next()
}

fn constraint(index: &str) -> Constraint {
    match index {
        "skeleton" | "key" => Constraint::UsernameUnique,
        "name" => Constraint::RoomNameUnique,
        _ => Constraint::IdUnique,
    }
}

/// Gives the server's code of an error, if the server answered.
pub(crate) fn code(error: &Error) -> Option<i32> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_read_out_of_the_servers_sentence() {
        let sentence = "E11000 duplicate key error collection: chinwag.messages index: room_seq dup key: { room_id: \
                        ObjectId('000000000000000000000000'), seq: 4 }";
        assert_eq!(index_name(sentence), Some("room_seq"));
        assert_eq!(index_name("something else"), None);
    }

    #[test]
    fn errors_that_come_before_anything_was_sent_are_unavailability() {
        let io = Error::from(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
        assert!(is_outcome_unknown(&io));
        assert!(matches!(classify(io), RepositoryError::Unavailable(_)));
        let late = Error::from(std::io::Error::from(std::io::ErrorKind::TimedOut));
        assert!(matches!(classify(late), RepositoryError::Timeout(_)));
    }
}
