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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MockPorts;
    use crate::model::{
        AccessToken, Device, Id, Privacy, Session, SessionId, SessionUser, Timestamp, TokenDigest, User, UserId,
        Username,
    };

    fn live(disabled: bool) -> SessionUser {
        let (user_id, at) = (UserId::new(Id::from_bytes([1; 12])), Timestamp::from_millis(0));
        SessionUser {
            session: Session {
                id: SessionId::new(Id::from_bytes([2; 12])),
                user_id,
                created_at: at,
                refreshed_at: at,
                expires_at: at,
                device: Device::default(),
            },
            user: User {
                id: user_id,
                username: Username::parse("ann").unwrap(),
                email: None,
                is_admin: false,
                disabled,
                privacy: Privacy::default(),
                created_at: at,
            },
        }
    }

    fn doubles(rotation: Rotation) -> MockPorts {
        let mut mocks = MockPorts::default();
        mocks.clock.expect_now().return_const(Timestamp::from_millis(1000));
        mocks.secrets.expect_refresh_token().returning(|| RefreshToken::new("successor"));
        mocks.secrets.expect_digest().returning(|token| TokenDigest::from_bytes([token.reveal().as_bytes()[0]; 32]));
        mocks.sessions.expect_rotate().once().return_once(move |_| Ok(rotation));
        mocks.access_tokens.expect_issue().returning(|_| AccessToken::new("access"));
        mocks
    }

    #[tokio::test]
    async fn a_current_token_is_exchanged_for_its_successor() {
        let ports = doubles(Rotation::Rotated(live(false))).into_ports();
        let opened = refresh_session(&ports, &RefreshToken::new("old")).await.unwrap();
        assert_eq!((opened.access_token.reveal(), opened.refresh_token.reveal()), ("access", "successor"));
    }

    #[tokio::test]
    async fn a_token_used_before_ends_the_session_everywhere() {
        let mut mocks = doubles(Rotation::Reused(live(false).session));
        mocks
            .broadcaster
            .expect_publish()
            .once()
            .withf(|event| matches!(event, Event::SessionRevoked { .. }))
            .return_const(());
        let error = refresh_session(&mocks.into_ports(), &RefreshToken::new("old")).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::Unauthenticated);
    }

    #[tokio::test]
    async fn a_shut_account_gets_no_new_tokens() {
        let ports = doubles(Rotation::Rotated(live(true))).into_ports();
        assert!(matches!(refresh_session(&ports, &RefreshToken::new("old")).await, Err(RefreshSessionError::Ended)));
    }
}
