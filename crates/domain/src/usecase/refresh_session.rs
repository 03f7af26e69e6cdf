//! Exchange a refresh token for new tokens.

use thiserror::Error;

use super::open_session::{OpenedSession, sign};
use crate::Ports;
use crate::error::{ErrorCode, ErrorKind, UseCaseError};
use crate::model::{Event, RefreshToken};
use crate::port::{RepositoryError, Rotation, RotationRequest};

/// Why there are no new tokens.
#[derive(Debug, Clone, Error)]
pub enum RefreshSessionError {
    /// No live session has this token, or its account is shut.
    #[error("the session has ended; sign in again")]
    Ended,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl UseCaseError for RefreshSessionError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Ended => ErrorKind::Unauthenticated,
            Self::Repository(error) => error.kind(),
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Ended => ErrorCode::Unauthenticated,
            Self::Repository(error) => error.code(),
        }
    }
}

/// Exchanges a refresh token, once. A token that was exchanged before ends its session: somebody has a copy,
/// and it can't be told who (RFC 9700, section 4.14.2).
///
/// # Errors
/// [`RefreshSessionError`].
pub async fn refresh_session(ports: &Ports, presented: &RefreshToken) -> Result<OpenedSession, RefreshSessionError> {
    let now = ports.clock.now();
    let refresh_token = ports.secrets.refresh_token();
    let request = RotationRequest {
        presented: ports.secrets.digest(presented),
        successor: ports.secrets.digest(&refresh_token),
        now,
        expires_at: now.plus(ports.session_policy.session_lifetime),
    };
    match ports.sessions.rotate(request).await? {
        Rotation::Rotated(live) if !live.user.disabled => {
            Ok(OpenedSession { access_token: sign(ports, &live), live, refresh_token })
        }
        Rotation::Reused(session) => {
            let event = Event::SessionRevoked { session_id: session.id, user_id: session.user_id };
            ports.broadcaster.publish(event).await;
            Err(RefreshSessionError::Ended)
        }
        Rotation::Rotated(_) | Rotation::Unknown => Err(RefreshSessionError::Ended),
    }
}
