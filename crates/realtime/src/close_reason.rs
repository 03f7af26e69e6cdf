//! Why the server closes a connection.

/// Why the server closes a connection: a WebSocket close code and a word for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloseReason {
    /// The close code (RFC 6455, section 7.4, and the project's own from 4000).
    pub code: u16,
    /// The reason, at most 123 bytes.
    pub reason: &'static str,
}

impl CloseReason {
    /// The server restarts; come back soon.
    pub const RESTART: Self = Self { code: 1012, reason: "the server is restarting" };
    /// The user isn't a member of the room any more.
    pub const NOT_A_MEMBER: Self = Self { code: 1008, reason: "you are no longer a member of this room" };
    /// The session was ended.
    pub const SESSION_REVOKED: Self = Self { code: 4010, reason: "the session was ended" };
    /// The account was shut.
    pub const ACCOUNT_DISABLED: Self = Self { code: 4011, reason: "the account is disabled" };
}
