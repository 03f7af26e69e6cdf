//! Log-ins and their tokens on the wire.

use std::fmt;

use domain::model::{Session, SessionId};
use domain::usecase::OpenedSession;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::time::format_time;
use crate::user::UserDto;

/// The word before the token in an `Authorization` header, as answers name it.
const TOKEN_TYPE: &str = "bearer";

/// What is typed at log-in.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct LogInDto {
    /// The name to sign in with.
    pub username: String,
    /// The password.
    #[schema(format = Password)]
    pub password: String,
}

impl fmt::Debug for LogInDto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogInDto").field("username", &self.username).finish_non_exhaustive()
    }
}

/// A new access token, as OAuth 2 names its parts (RFC 6749, section 5.1).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenDto {
    /// Proves the session in `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `bearer`.
    pub token_type: String,
    /// For how many seconds the token is accepted.
    pub expires_in: u64,
}

impl TokenDto {
    /// Gives the access token of a session, accepted for `expires_in` seconds.
    pub fn new(opened: &OpenedSession, expires_in: u64) -> Self {
        let access_token = opened.access_token.reveal().to_owned();
        Self { access_token, token_type: TOKEN_TYPE.to_owned(), expires_in }
    }
}

impl fmt::Debug for TokenDto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenDto").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// A new session. The refresh token comes as a cookie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenedSessionDto {
    /// The access token.
    #[serde(flatten)]
    pub token: TokenDto,
    /// Who signed in.
    pub user: UserDto,
}

impl OpenedSessionDto {
    /// Gives a session whose access token is accepted for `expires_in` seconds.
    pub fn new(opened: &OpenedSession, expires_in: u64) -> Self {
        Self { token: TokenDto::new(opened, expires_in), user: UserDto::own(&opened.live.user) }
    }
}

/// A one-shot ticket to the gateway.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TicketDto {
    /// To be sent once, as `Sec-WebSocket-Protocol: chinwag.v1, ticket.TICKET`.
    pub ticket: String,
    /// For how many seconds it is good.
    pub expires_in: u64,
}

impl fmt::Debug for TicketDto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TicketDto").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

/// One place where the user is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionDto {
    /// Names the session.
    #[serde(rename = "_id")]
    pub id: String,
    /// When the user signed in.
    pub created_at: String,
    /// When the session was last refreshed, or began.
    pub refreshed_at: String,
    /// When it ends unless it is refreshed.
    pub expires_at: String,
    /// What the client says it is; may be empty.
    pub device: String,
    /// Whether it is the session that asks.
    pub current: bool,
}

impl SessionDto {
    /// Gives a session as the one named `current` sees it.
    pub fn new(session: &Session, current: SessionId) -> Self {
        Self {
            id: session.id.to_string(),
            created_at: format_time(session.created_at),
            refreshed_at: format_time(session.refreshed_at),
            expires_at: format_time(session.expires_at),
            device: session.device.as_str().to_owned(),
            current: session.id == current,
        }
    }
}
