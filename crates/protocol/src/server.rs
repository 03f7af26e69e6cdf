//! What the server tells about itself.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a client needs to know before anybody signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerDto {
    /// Always `Chinwag`.
    pub name: String,
    /// The server's version.
    pub version: String,
    /// Accounts for trying it out; absent unless the server runs as a demonstration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub demo: Vec<DemoAccountDto>,
    /// Whether the first account has yet to be made, with the set-up link.
    pub needs_setup: bool,
}

/// An account for trying the server out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DemoAccountDto {
    /// The name to sign in with.
    pub username: String,
    /// The password.
    pub password: String,
}

/// What a client may use; 0 means no limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LimitsDto {
    /// Characters (grapheme clusters) of a message.
    pub message_characters: usize,
    /// Bytes of a message.
    pub message_bytes: usize,
    /// Bytes of a frame to the server.
    pub frame_bytes: usize,
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Depth of nested arrays and objects.
    pub json_depth: usize,
    /// Fewest characters of a user name.
    pub username_min_characters: usize,
    /// Most characters of a user name.
    pub username_characters: usize,
    /// Fewest bytes of a password.
    pub password_min_bytes: usize,
    /// Most bytes of a password.
    pub password_bytes: usize,
    /// Characters of a room's name.
    pub room_name_characters: usize,
    /// Characters of a room's topic.
    pub topic_characters: usize,
    /// Messages a user may send each second.
    pub sends_per_second: u32,
    /// Messages a user may send at once.
    pub sends_burst: u32,
    /// Other requests of a user each second.
    pub commands_per_second: u32,
    /// Other requests of a user at once.
    pub commands_burst: u32,
    /// Failed log-ins of an account in 15 minutes before further ones are delayed.
    pub logins_per_account: u32,
    /// Log-ins and sign-ups from an address in a minute.
    pub logins_per_address: u32,
    /// Connections of a user.
    pub connections_per_user: usize,
}
