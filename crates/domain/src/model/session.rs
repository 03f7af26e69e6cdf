//! One log-in.

use super::{SessionId, Timestamp, TokenDigest, User, UserId};

/// What a client says it is (its `User-Agent`), at most 256 characters, for the list of sessions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Device(String);

impl Device {
    /// The most characters kept.
    pub const MAX_CHARS: usize = 256;

    /// Keeps the printable characters of a client's own words, cut to length.
    pub fn describe(text: &str) -> Self {
        Self(text.chars().filter(|character| !character.is_control()).take(Self::MAX_CHARS).collect())
    }

    /// Gives the description; empty if the client said nothing.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One log-in, until it is ended or expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Names the session.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// When the user logged in.
    pub created_at: Timestamp,
    /// When the session last exchanged its refresh token, or began.
    pub refreshed_at: Timestamp,
    /// When it ends unless it is refreshed.
    pub expires_at: Timestamp,
    /// What the client says it is.
    pub device: Device,
}

/// A session to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// The session.
    pub session: Session,
    /// The digest of its first refresh token.
    pub refresh_digest: TokenDigest,
}

/// A session with the user it belongs to, as every request needs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionUser {
    /// The session.
    pub session: Session,
    /// Its user.
    pub user: User,
}
