//! The frames of the seed's socket, and nothing else: clients written for it know no others.

use domain::ErrorCode;
use domain::model::{MemberNotice, Message, UserId};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use crate::message::MessageDto;
use crate::time::format_time;

/// What the server sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SeedFrame {
    /// A message was posted.
    Message(Box<MessageDto>),
    /// A message was deleted.
    MessageDeleted {
        /// Which.
        #[serde(rename = "_id")]
        id: String,
        /// In which room.
        room: String,
    },
    /// Somebody's first connection to the room opened.
    UserJoined(SeedNotice),
    /// Somebody's last connection to the room closed.
    UserLeft(SeedNotice),
    /// The client sent something that can't be done.
    Error {
        /// Names the error for programs.
        code: String,
        /// Says it to people.
        message: String,
    },
}

/// Who came or went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeedNotice {
    /// Who.
    pub user_id: String,
    /// Their name.
    pub username: String,
    /// The room's name, or its id where it has none.
    pub room: String,
    /// When.
    pub created_at: String,
}

impl SeedNotice {
    /// Gives a notice for the room of that label.
    pub fn new(notice: &MemberNotice, room: &str) -> Self {
        Self {
            user_id: notice.user_id.to_string(),
            username: notice.username.as_str().to_owned(),
            room: room.to_owned(),
            created_at: format_time(notice.at),
        }
    }
}

impl SeedFrame {
    /// Tells of a message's latest change, as `viewer` sees it or, without one, as everybody but its author
    /// does. `room` is the room's label.
    pub fn timeline(message: &Message, room: &str, viewer: Option<UserId>) -> Self {
        if message.is_deleted() {
            Self::MessageDeleted { id: message.id.to_string(), room: room.to_owned() }
        } else {
            Self::Message(Box::new(MessageDto::new(message, room, viewer)))
        }
    }

    /// Tells of an error.
    pub fn error(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::Error { code: code.as_str().to_owned(), message: message.into() }
    }

    /// Gives the JSON text of the frame.
    pub fn encode(&self) -> Vec<u8> {
        // Maps with text keys, texts, numbers and booleans always have a JSON form.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// What a client of the seed's socket sends, as it writes it. The server reads it with [`SeedCommand::parse`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeedCommandDto {
    /// The text: not blank, at most 4,000 characters and 16 KiB.
    pub content: String,
    /// The client's name for the intent, 1–64 of `A-Za-z0-9_-`: sending again with the same one can't double the
    /// message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
}

/// What a client of the seed's socket sends: a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedCommand {
    /// The text.
    pub content: String,
    /// The client's name for the intent, if it has one.
    pub nonce: Option<String>,
}

/// Why a frame from a client isn't a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SeedCommandError {
    /// It isn't a JSON object.
    #[error("a frame must be a JSON object like {{\"content\":\"Hello\"}}")]
    NotAnObject,
    /// `content` is absent or not a text.
    #[error("\"content\" must be a text")]
    Content,
    /// `nonce` is there and not a text.
    #[error("\"nonce\" must be a text")]
    Nonce,
}

impl SeedCommand {
    /// Reads a frame; keys it doesn't know are ignored.
    ///
    /// # Errors
    /// [`SeedCommandError`] saying what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, SeedCommandError> {
        use serde_json::Value;
        let Ok(Value::Object(mut fields)) = serde_json::from_str(text) else {
            return Err(SeedCommandError::NotAnObject);
        };
        let Some(Value::String(content)) = fields.remove("content") else {
            return Err(SeedCommandError::Content);
        };
        let nonce = match fields.remove("nonce") {
            None | Some(Value::Null) => None,
            Some(Value::String(nonce)) => Some(nonce),
            Some(_) => return Err(SeedCommandError::Nonce),
        };
        Ok(Self { content, nonce })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_with_unknown_keys_is_read() {
        let command = SeedCommand::parse(r#"{"content":"Hello","nonce":"n1","colour":"red"}"#).unwrap();
        assert_eq!(command, SeedCommand { content: "Hello".into(), nonce: Some("n1".into()) });
    }

    #[test]
    fn each_fault_is_named() {
        for text in ["", "[]", "\"x\"", "{", "null", "1e999"] {
            assert_eq!(SeedCommand::parse(text), Err(SeedCommandError::NotAnObject), "{text}");
        }
        assert_eq!(SeedCommand::parse(r#"{"content":5}"#), Err(SeedCommandError::Content));
        assert_eq!(SeedCommand::parse(r#"{"text":"a"}"#), Err(SeedCommandError::Content));
        assert_eq!(SeedCommand::parse(r#"{"content":"a","nonce":{"$ne":1}}"#), Err(SeedCommandError::Nonce));
    }

    #[test]
    fn an_error_frame_has_its_three_keys() {
        let text = SeedFrame::error(ErrorCode::TooLong, "too long").encode();
        assert_eq!(text, br#"{"type":"error","code":"too_long","message":"too long"}"#);
    }
}
