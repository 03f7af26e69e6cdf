//! Turn an access token into an actor.

use thiserror::Error;

use crate::Ports;
use crate::error::{ErrorCode, ErrorKind, UseCaseError};
use crate::model::{AccessToken, Actor, SessionId, Timestamp};
use crate::port::{AccessTokenError, RepositoryError};

/// Why a token doesn't make an actor.
#[derive(Debug, Clone, Error)]
pub enum AuthenticateError {
    /// The token is past its time.
    #[error("the access token has expired; refresh it")]
    Expired,
    /// The token isn't one of ours.
    #[error("the access token is not valid")]
    Invalid,
    /// The ticket isn't one of ours, was used, or is past its time.
    #[error("the ticket is not valid any more; get a new one for each connection")]
    InvalidTicket,
    /// The session has ended.
    #[error("the session has ended; sign in again")]
    SessionEnded,
    /// The account is shut.
    #[error("the account is disabled")]
    Disabled,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl UseCaseError for AuthenticateError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Expired | Self::Invalid | Self::InvalidTicket | Self::SessionEnded | Self::Disabled => {
                ErrorKind::Unauthenticated
            }
            Self::Repository(error) => error.kind(),
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Expired => ErrorCode::TokenExpired,
            Self::Invalid | Self::InvalidTicket | Self::SessionEnded | Self::Disabled => ErrorCode::Unauthenticated,
            Self::Repository(error) => error.code(),
        }
    }
}

/// Checks an access token and that its session lives, as every request does.
///
/// # Errors
/// [`AuthenticateError`].
pub async fn authenticate(ports: &Ports, token: &AccessToken) -> Result<Actor, AuthenticateError> {
    let now = ports.clock.now();
    let claims = ports.access_tokens.verify(token, now).map_err(|error| match error {
        AccessTokenError::Expired => AuthenticateError::Expired,
        AccessTokenError::Invalid => AuthenticateError::Invalid,
    })?;
    let actor = live_actor(ports, claims.session_id, now).await?;
    if actor.user_id != claims.user_id {
        return Err(AuthenticateError::Invalid);
    }
    Ok(actor)
}

/// Gives who acts in a session, if it and its account are live.
pub(super) async fn live_actor(ports: &Ports, id: SessionId, now: Timestamp) -> Result<Actor, AuthenticateError> {
    let live = ports.sessions.find(id).await?.ok_or(AuthenticateError::SessionEnded)?;
    if live.user.disabled {
        return Err(AuthenticateError::Disabled);
    }
    if live.session.expires_at <= now {
        return Err(AuthenticateError::SessionEnded);
    }
    Ok(Actor::from(&live))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MockPorts;
    use crate::model::{Device, Id, Privacy, Session, SessionUser, User, UserId, Username};
    use crate::port::AccessClaims;

    fn id(number: u8) -> Id {
        Id::from_bytes([number; 12])
    }

    fn doubles(change: impl Fn(&mut SessionUser)) -> MockPorts {
        let at = Timestamp::from_millis(0);
        let mut live = SessionUser {
            session: Session {
                id: SessionId::new(id(2)),
                user_id: UserId::new(id(1)),
                created_at: at,
                refreshed_at: at,
                expires_at: Timestamp::from_millis(2000),
                device: Device::default(),
            },
            user: User {
                id: UserId::new(id(1)),
                username: Username::parse("ann").unwrap(),
                email: None,
                is_admin: true,
                disabled: false,
                privacy: Privacy::default(),
                created_at: at,
            },
        };
        change(&mut live);
        let mut mocks = MockPorts::default();
        mocks.clock.expect_now().return_const(Timestamp::from_millis(1000));
        mocks.access_tokens.expect_verify().returning(|_, _| {
            Ok(AccessClaims {
                user_id: UserId::new(id(1)),
                session_id: SessionId::new(id(2)),
                issued_at: Timestamp::from_millis(0),
                expires_at: Timestamp::from_millis(5000),
            })
        });
        mocks.sessions.expect_find().returning(move |_| Ok(Some(live.clone())));
        mocks
    }

    #[tokio::test]
    async fn a_good_token_of_a_live_session_makes_an_actor() {
        let actor = authenticate(&doubles(|_| {}).into_ports(), &AccessToken::new("t")).await.unwrap();
        assert_eq!((actor.username.as_str(), actor.is_admin), ("ann", true));
    }

    #[tokio::test]
    async fn a_good_token_is_worth_nothing_without_its_session_user_and_time() {
        let disabled = doubles(|live| live.user.disabled = true).into_ports();
        assert!(matches!(authenticate(&disabled, &AccessToken::new("t")).await, Err(AuthenticateError::Disabled)));
        let expired = doubles(|live| live.session.expires_at = Timestamp::from_millis(1000)).into_ports();
        assert!(matches!(authenticate(&expired, &AccessToken::new("t")).await, Err(AuthenticateError::SessionEnded)));
        let other = doubles(|live| live.user.id = UserId::new(id(7))).into_ports();
        assert!(matches!(authenticate(&other, &AccessToken::new("t")).await, Err(AuthenticateError::Invalid)));
    }
}
