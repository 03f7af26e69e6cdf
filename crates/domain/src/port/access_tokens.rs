//! Signed access tokens.

use thiserror::Error;

use crate::model::{AccessToken, SessionId, Timestamp, UserId};

/// What an access token states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessClaims {
    /// Who it is for.
    pub user_id: UserId,
    /// The session it belongs to; the token is worth nothing once that has ended.
    pub session_id: SessionId,
    /// When it was made.
    pub issued_at: Timestamp,
    /// From when on it isn't accepted; tokens keep whole seconds, rounded down.
    pub expires_at: Timestamp,
}

/// Why a token isn't accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AccessTokenError {
    /// It is ours, and past its time, or before it because a clock was set back.
    #[error("the access token has expired")]
    Expired,
    /// It isn't ours, or not meant for this.
    #[error("the access token is not valid")]
    Invalid,
}

/// Signs and checks access tokens with one pinned algorithm.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait AccessTokens: Send + Sync {
    /// Signs the claims.
    fn issue(&self, claims: &AccessClaims) -> AccessToken;

    /// Checks signature, algorithm, key, type, issuer and times as of `now`, and gives the claims.
    ///
    /// # Errors
    /// [`AccessTokenError::Expired`] only for a token that is good but for its time.
    fn verify(&self, token: &AccessToken, now: Timestamp) -> Result<AccessClaims, AccessTokenError>;
}
