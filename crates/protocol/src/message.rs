//! The one message object, wherever it appears.

use domain::model::{Message, MessageKind, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::time::format_time;

/// A message or its tombstone. Of two with the same `_id`, the one with the greater `rev` is the newer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(title = "Message")]
pub struct MessageDto {
    /// Names the message for ever.
    #[serde(rename = "_id")]
    pub id: String,
    /// The room's name, or its id where it has none.
    pub room: String,
    /// The room's id.
    pub room_id: String,
    /// Its place in the room: 1, 2, 3, … without gaps.
    pub seq: u64,
    /// The number of its latest change in the room.
    pub rev: u64,
    /// Who wrote it.
    pub user_id: String,
    /// The author's name when it was written.
    pub username: String,
    /// The text; absent in a tombstone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// When it was accepted.
    pub created_at: String,
    /// `system` for what the server wrote; absent for what people wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// `true` in a tombstone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// The author's name for the intent to send it; sent to its author only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
}

impl MessageDto {
    /// Gives the message as `viewer` sees it; without a viewer, as everybody but its author does. `room` is
    /// the room's label.
    pub fn new(message: &Message, room: &str, viewer: Option<UserId>) -> Self {
        let own = viewer == Some(message.author.id);
        Self {
            id: message.id.to_string(),
            room: room.to_owned(),
            room_id: message.room_id.to_string(),
            seq: message.seq.get(),
            rev: message.rev.get(),
            user_id: message.author.id.to_string(),
            username: message.author.username.as_str().to_owned(),
            content: message.body().map(|body| body.as_str().to_owned()),
            created_at: format_time(message.created_at),
            kind: (message.kind != MessageKind::Text).then(|| message.kind.as_str().to_owned()),
            deleted: message.is_deleted(),
            nonce: message.nonce.as_ref().filter(|_| own).map(|nonce| nonce.as_str().to_owned()),
        }
    }
}
