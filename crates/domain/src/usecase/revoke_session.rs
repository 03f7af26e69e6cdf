//! End one of one's own sessions.

use thiserror::Error;

use crate::Ports;
use crate::error::{ErrorCode, ErrorKind, UseCaseError};
use crate::model::{Actor, Event, SessionId};
use crate::port::RepositoryError;

/// Why no session was ended.
#[derive(Debug, Clone, Error)]
pub enum RevokeSessionError {
    /// The actor has no such session.
    #[error("you have no such session")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl UseCaseError for RevokeSessionError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound => ErrorKind::NotFound,
            Self::Repository(error) => error.kind(),
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::NotFound => ErrorCode::NotFound,
            Self::Repository(error) => error.code(),
        }
    }
}

/// Ends one of the actor's sessions and closes its connections on every node.
///
/// # Errors
/// [`RevokeSessionError`].
pub async fn revoke_session(ports: &Ports, actor: &Actor, session_id: SessionId) -> Result<(), RevokeSessionError> {
    if !ports.sessions.revoke(actor.user_id, session_id).await? {
        return Err(RevokeSessionError::NotFound);
    }
    ports.broadcaster.publish(Event::SessionRevoked { session_id, user_id: actor.user_id }).await;
    Ok(())
}
