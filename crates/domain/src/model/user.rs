//! Somebody with an account.

use super::{EmailAddress, PasswordHash, Privacy, Timestamp, UserId, Username};

/// A person or program with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Names the user for ever.
    pub id: UserId,
    /// The name to sign in with.
    pub username: Username,
    /// The address the user gave, if any; shown to nobody else.
    pub email: Option<EmailAddress>,
    /// Whether the user administers this server.
    pub is_admin: bool,
    /// Whether the account is shut: no log-in, no live session.
    pub disabled: bool,
    /// What the user shows of themselves.
    pub privacy: Privacy,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// An account to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// The account; `disabled` is false.
    pub user: User,
    /// The hash of its password.
    pub password_hash: PasswordHash,
}
