//! Log-ins.

use async_trait::async_trait;

use super::RepositoryError;
use crate::model::{NewSession, Session, SessionId, SessionUser, Timestamp, TokenDigest, UserId};

/// What came of presenting a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotation {
    /// It was the current one; the successor is current now.
    Rotated(SessionUser),
    /// It was used before: somebody has a copy. The session was ended.
    Reused(Session),
    /// No live session has it.
    Unknown,
}

/// The exchange of a refresh token for its successor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationRequest {
    /// The digest of the token presented.
    pub presented: TokenDigest,
    /// The digest of its successor.
    pub successor: TokenDigest,
    /// The time of the exchange.
    pub now: Timestamp,
    /// When the session ends unless it is refreshed again.
    pub expires_at: Timestamp,
}

/// Keeps sessions. An ended session is as good as absent.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait SessionRepository: Send + Sync {
    /// Adds a session.
    ///
    /// # Errors
    /// `Conflict(IdUnique)` for a repeated id, `Conflict(Reference)` if the user doesn't exist.
    async fn insert(&self, new: NewSession) -> Result<(), RepositoryError>;

    /// Finds a session that hasn't ended, with its user as they are now; expiry is left to the caller.
    async fn find(&self, id: SessionId) -> Result<Option<SessionUser>, RepositoryError>;

    /// Lists a user's sessions that haven't ended, newest first.
    async fn list(&self, user_id: UserId) -> Result<Vec<Session>, RepositoryError>;

    /// Exchanges a refresh token. Atomic: of two exchanges of one token, one is `Rotated` and the other
    /// `Reused`, which ends the session. An expired session is `Unknown`.
    async fn rotate(&self, request: RotationRequest) -> Result<Rotation, RepositoryError>;

    /// Ends a session of that user; answers whether there was one.
    async fn revoke(&self, user_id: UserId, id: SessionId) -> Result<bool, RepositoryError>;

    /// Ends all sessions of a user but, if given, one; answers how many.
    async fn revoke_all(&self, user_id: UserId, except: Option<SessionId>) -> Result<u64, RepositoryError>;
}
