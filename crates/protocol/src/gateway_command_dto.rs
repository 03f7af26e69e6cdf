//! Commands of the gateway as clients write them. The server reads them with [`crate::GatewayRequest::parse`], which
//! tells each fault apart.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::change::EditMessageDto;
use crate::presence::ChosenPresenceDto;

/// What a command is called in its reply: a text of at most 64 bytes, or a number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum CommandId {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
}

/// A command with the name its sender gave it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GatewayRequestDto {
    /// What the reply repeats; absent if no reply is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Value>,
    /// The command.
    #[serde(flatten)]
    pub command: GatewayCommandDto,
}

/// What a client asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum GatewayCommandDto {
    /// Say who one is: the first frame of a connection that was opened without credentials.
    Auth(AuthDto),
    /// Begin delivery, or catch up with rooms.
    Sync(SyncDto),
    /// Post a message.
    Send(SendDto),
    /// Replace a message's text.
    Edit(EditDto),
    /// Delete a message.
    Delete(MessageRefDto),
    /// React to a message. Doing it again changes nothing.
    React(ReactDto),
    /// Take a reaction back. Doing it again changes nothing.
    Unreact(ReactDto),
    /// Set the read position.
    Mark(MarkReadDto),
    /// Say whether one is writing. At most one in three seconds counts.
    Typing(TypingDto),
    /// Say which room one looks at.
    Focus(FocusDto),
    /// Choose what one is shown as.
    Presence(ChosenPresenceDto),
    /// Ask for a sign of life.
    Ping,
    /// Answer one.
    Pong,
}

/// Says who one is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuthDto {
    /// An access token.
    pub token: String,
}

impl std::fmt::Debug for AuthDto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthDto").finish_non_exhaustive()
    }
}

/// Says how far a client has got.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct SyncDto {
    /// The data set its numbers belong to, from `hello`; absent for a client that knows nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
    /// By room id, the `rev` of the last change it knows. A room of the user that isn't named begins anew.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rooms: BTreeMap<String, u64>,
    /// The room to begin with, by name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focus: Option<String>,
}

/// A message to be posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SendDto {
    /// The room's name or id.
    pub room: String,
    /// The client's name for the intent, 1–64 of `A-Za-z0-9_-` from at least 96 random bits: sending again with the
    /// same one can't double the message.
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9_-]+$")]
    pub nonce: String,
    /// The text: not blank, at most 4,000 characters and 16 KiB.
    #[schema(min_length = 1)]
    pub content: String,
    /// The id of a message of the same room that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// The id of a message of the same room whose thread this one belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
}

/// A new text for a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EditDto {
    /// The message's id.
    pub message: String,
    /// The text and the version it replaces.
    #[serde(flatten)]
    pub edit: EditMessageDto,
}

/// Names a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageRefDto {
    /// The message's id.
    pub message: String,
}

/// A reaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReactDto {
    /// The message's id.
    pub message: String,
    /// Exactly one emoji.
    pub emoji: String,
}

/// A read position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MarkReadDto {
    /// The room's name or id.
    pub room: String,
    /// The last message that is read, at most the room's head; 0 for none.
    pub seq: u64,
    /// `true` lets the position go back; without it a smaller `seq` changes nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unread: bool,
}

/// Whether one is writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TypingDto {
    /// The room's name or id.
    pub room: String,
    /// Whether.
    pub on: bool,
}

/// Which room one looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FocusDto {
    /// The room's name or id; null for none.
    #[serde(default)]
    pub room: Option<String>,
    /// Whether the client is visible; true if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible: Option<bool>,
}
