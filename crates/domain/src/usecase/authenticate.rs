//! Turn an access token into an actor.

use thiserror::Error;

use crate::Ports;
use crate::error::{ErrorCode, ErrorKind, UseCaseError};
use crate::model::{AccessToken, Actor};
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
            Self::Expired | Self::Invalid | Self::SessionEnded | Self::Disabled => ErrorKind::Unauthenticated,
            Self::Repository(error) => error.kind(),
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Expired => ErrorCode::TokenExpired,
            Self::Invalid | Self::SessionEnded | Self::Disabled => ErrorCode::Unauthenticated,
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
    let live = ports.sessions.find(claims.session_id).await?.ok_or(AuthenticateError::SessionEnded)?;
    if live.user.id != claims.user_id {
        return Err(AuthenticateError::Invalid);
    }
    if live.user.disabled {
        return Err(AuthenticateError::Disabled);
    }
    if live.session.expires_at <= now {
        return Err(AuthenticateError::SessionEnded);
    }
    Ok(Actor::from(&live))
}
