//! Commands that have an outcome.

use serde_json::{Value, json};

/// Something to be done, which may be asked for again without being done twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    /// Post a message.
    Send(OutgoingMessage),
    /// Replace a message's text.
    Edit { message: String, content: String, version: u32 },
    /// Delete a message.
    Delete { message: String },
    /// React to a message, or take a reaction back.
    React { message: String, emoji: String, on: bool },
    /// Set the read position.
    Mark { room: String, seq: u64, unread: bool },
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingMessage {
    /// Where, by id or name.
    pub room: String,
    /// The text.
    pub content: String,
    /// Names the intent, 1–64 of `A-Za-z0-9_-`: the same one again doesn't double the message, not even years later.
    pub nonce: String,
    /// The id of a message of the same room that this one answers.
    pub reply_to: Option<String>,
    /// The id of a message of the same room whose thread this one belongs to.
    pub thread: Option<String>,
}

impl OutgoingMessage {
    /// Makes a message with a new nonce.
    pub fn new(room: impl Into<String>, content: impl Into<String>) -> Self {
        Self { room: room.into(), content: content.into(), nonce: crate::random::nonce(), reply_to: None, thread: None }
    }
}

impl Command {
    /// Names what it is about; commands about the same are carried out in order.
    pub(crate) fn lane(&self) -> &str {
        match self {
            Self::Send(OutgoingMessage { room, .. }) | Self::Mark { room, .. } => room,
            Self::Edit { message, .. } | Self::Delete { message } | Self::React { message, .. } => message,
        }
    }

    /// Gives the frame that asks for it under the name `id`.
    pub(crate) fn frame(&self, id: u64) -> Value {
        match self {
            Self::Send(OutgoingMessage { room, content, nonce, reply_to, thread }) => json!({
                "op": "send", "id": id, "room": room, "nonce": nonce, "content": content,
                "reply_to": reply_to, "thread": thread,
            }),
            Self::Edit { message, content, version } => {
                json!({"op": "edit", "id": id, "message": message, "content": content, "version": version})
            }
            Self::Delete { message } => json!({"op": "delete", "id": id, "message": message}),
            Self::React { message, emoji, on } => {
                let op = if *on { "react" } else { "unreact" };
                json!({"op": op, "id": id, "message": message, "emoji": emoji})
            }
            Self::Mark { room, seq, unread } => {
                json!({"op": "mark", "id": id, "room": room, "seq": seq, "unread": unread})
            }
        }
    }
}
