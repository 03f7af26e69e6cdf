//! Errors of use cases as the gateway tells them.

use std::time::Duration;

use domain::model::{Actor, Room};
use domain::usecase::MessageError;
use domain::{ErrorKind, UseCaseError};
use protocol::{ErrorFrame, MessageDto};
use serde_json::Value;
use tracing::warn;

/// After how long to try again when the server itself is in trouble.
const RETRY: Duration = Duration::from_secs(1);

/// Gives the frame for an error. A fault of ours says nothing about the inside; its cause goes to the log, once.
pub(super) fn refusal<E: UseCaseError>(actor: &Actor, id: Option<Value>, error: &E) -> ErrorFrame {
    let (message, waiting_helps) = match error.kind() {
        ErrorKind::Overloaded => ("the server is at its capacity; try again in a moment".to_owned(), true),
        ErrorKind::Unavailable => {
            ("the server can't reach its store right now; try again in a moment".to_owned(), true)
        }
        ErrorKind::Timeout => ("it took too long, and it isn't known whether it was done; try again".to_owned(), true),
        ErrorKind::StorageFull => ("the server has no space left to store anything".to_owned(), false),
        ErrorKind::Internal => ("something went wrong in the server; its log has more".to_owned(), false),
        ErrorKind::BadRequest
        | ErrorKind::Invalid
        | ErrorKind::Unauthenticated
        | ErrorKind::Forbidden
        | ErrorKind::NotFound
        | ErrorKind::MethodNotAllowed
        | ErrorKind::Conflict
        | ErrorKind::TooLarge
        | ErrorKind::UnsupportedMediaType
        | ErrorKind::RateLimited => {
            return ErrorFrame {
                id,
                code: error.code().as_str().to_owned(),
                message: error.to_string(),
                retry_after_ms: None,
                current: None,
            };
        }
    };
    warn!(user = %actor.user_id, cause = ?error, "a command could not be carried out");
    let retry_after_ms = waiting_helps.then(|| u64::try_from(RETRY.as_millis()).unwrap_or(u64::MAX));
    ErrorFrame { id, code: error.code().as_str().to_owned(), message, retry_after_ms, current: None }
}

/// Gives the frame for an error about a message; a conflict carries the message as it is now.
pub(super) fn message_refusal(actor: &Actor, id: Option<Value>, error: &MessageError) -> ErrorFrame {
    let mut frame = refusal(actor, id, error);
    if let MessageError::VersionMismatch(now) = error {
        let (room, message): &(Room, _) = now;
        frame.current = Some(Box::new(MessageDto::in_frame(message, &room.label(), Some(actor.user_id))));
    }
    frame
}
