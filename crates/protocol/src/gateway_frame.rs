//! What the server sends on the gateway.

use std::collections::BTreeMap;

use domain::ErrorCode;
use domain::model::{ChangeKind, Message, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::gateway_command_dto::CommandId;
use crate::message::MessageDto;
use crate::presence::PresenceDto;
use crate::read_state::MarkerDto;
use crate::room::RoomDto;
use crate::server::LimitsDto;
use crate::user::{PublicUserDto, UserDto};

/// A frame from the server. Clients ignore types and keys they don't know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum GatewayFrame {
    /// The first frame.
    Hello(Box<HelloFrame>),
    /// A command was carried out.
    Ok(OkFrame),
    /// A command wasn't carried out.
    Error(ErrorFrame),
    /// The rooms of the user and whom they must know, in answer to a first `sync`.
    State(StateFrame),
    /// What a room's timeline missed: in answer to `sync`, or unasked where changes that later ones replaced lie between.
    Changes(ChangesFrame),
    /// The newest messages of a room, in answer to `sync`: forget what is known of its timeline.
    Reset(ResetFrame),
    /// Everything that was asked for by `sync` was sent; from here on every room is live.
    Synced(SyncedFrame),
    /// A message was posted.
    Message(Box<MessageDto>),
    /// A message was changed; it is given whole.
    MessageUpdated(Box<MessageUpdatedFrame>),
    /// A message was deleted; its tombstone is given whole.
    MessageDeleted(Box<MessageDto>),
    /// A room as it is now; the user belongs to it.
    Room(Box<RoomDto>),
    /// The user doesn't belong to the room any more, or it is gone.
    RoomRemoved(RoomRemovedFrame),
    /// Somebody came to a room, left it, or has another role.
    Member(MemberFrame),
    /// The user's own read position, from any of their devices.
    Marker(MarkerDto),
    /// Read positions of others.
    Receipt(ReceiptFrame),
    /// What is known of a user changed.
    User(PublicUserDto),
    /// Who is writing in a room right now: the whole list.
    Typing(TypingFrame),
    /// Whose presence changed.
    Presence(PresenceFrame),
    /// A sign of life, to be answered with the command `pong`.
    Ping(PingFrame),
    /// The answer to the command `ping`.
    Pong(PongFrame),
    /// The server is about to close the connection.
    Reconnect(ReconnectFrame),
    /// Events of a room were left out because the connection was too slow: `sync` the room.
    Lagged(LaggedFrame),
    /// A type that this version doesn't know.
    #[serde(other)]
    Unknown,
}

/// The first frame of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HelloFrame {
    /// Names the data set; numbers of another one mean nothing here.
    pub epoch: String,
    /// The session's id.
    pub session: String,
    /// Who is connected.
    pub user: UserDto,
    /// How many milliseconds lie between two `ping` frames.
    pub heartbeat_ms: u64,
    /// What a client may use.
    pub limits: LimitsDto,
    /// What this server can do.
    pub features: Vec<String>,
    /// The server's time.
    pub server_time: String,
}

/// A command was carried out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
pub struct OkFrame {
    /// The command's `id`, as it came; absent if it had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<CommandId>)]
    pub id: Option<Value>,
    /// The message that was sent or changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Box<MessageDto>>,
    /// For `send`: whether the nonce had been used before and `message` is what it made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate: Option<bool>,
    /// For `mark`: where the read position stands now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marker: Option<MarkerDto>,
}

/// A command wasn't carried out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ErrorFrame {
    /// The command's `id`, as it came; absent if it had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<CommandId>)]
    pub id: Option<Value>,
    /// Names the error for programs.
    pub code: String,
    /// Says it to people.
    pub message: String,
    /// After how many milliseconds the command may succeed; absent where waiting doesn't help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// With `version_mismatch`: the message as it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Box<MessageDto>>,
}

/// The user's rooms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StateFrame {
    /// Every room the user belongs to, by id.
    pub rooms: Vec<RoomDto>,
    /// Users a client must know to show them.
    pub users: Vec<PublicUserDto>,
}

/// Part of what a room's timeline missed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangesFrame {
    /// Which room.
    pub room_id: String,
    /// The change after which these begin.
    pub from: u64,
    /// The change up to which nothing is missing once these were applied.
    pub to: u64,
    /// The messages that changed, as they are now, ascending by `rev`, at most 200.
    pub items: Vec<MessageDto>,
}

/// The newest messages of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResetFrame {
    /// Which room.
    pub room_id: String,
    /// Its newest messages and tombstones, ascending by `seq`, at most 50.
    pub items: Vec<MessageDto>,
    /// The number of its newest message.
    pub head_seq: u64,
    /// The number of its newest change: what follows is live.
    pub head_rev: u64,
}

/// Everything that was asked for was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SyncedFrame {
    /// By room, the change up to which everything was sent.
    pub heads: BTreeMap<String, u64>,
}

/// A message was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageUpdatedFrame {
    /// `edit`, `reaction`, `pin` or `preview`.
    pub change: String,
    /// The message as it is now.
    #[serde(flatten)]
    pub message: MessageDto,
}

/// The user doesn't belong to a room any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomRemovedFrame {
    /// Which room.
    pub room_id: String,
}

/// Somebody's place in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberFrame {
    /// Which room.
    pub room_id: String,
    /// Who.
    pub user_id: String,
    /// Their name.
    pub username: String,
    /// Their role; null if they don't belong to the room any more.
    pub role: Option<String>,
}

/// Read positions of others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptFrame {
    /// Which room.
    pub room_id: String,
    /// By user, the last message they have read.
    pub set: BTreeMap<String, u64>,
}

/// Who is writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TypingFrame {
    /// Which room.
    pub room_id: String,
    /// Everybody who is writing there, the reader included; replaces the list before.
    pub user_ids: Vec<String>,
}

/// Whose presence changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PresenceFrame {
    /// By user, their presence now.
    pub set: BTreeMap<String, PresenceDto>,
}

/// A sign of life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PingFrame {
    /// The heads of the rooms that changed since the frame before: a client that is behind one of them syncs that room.
    pub heads: BTreeMap<String, u64>,
}

/// The answer to `ping`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PongFrame {
    /// The command's `id`, as it came; absent if it had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<CommandId>)]
    pub id: Option<Value>,
}

/// The server is about to close the connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReconnectFrame {
    /// After how many milliseconds to come back.
    pub after_ms: u64,
}

/// Events of a room were left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LaggedFrame {
    /// Which room.
    pub room_id: String,
    /// How far it has got by now.
    pub head_rev: u64,
}

impl GatewayFrame {
    /// Tells of a message's latest change, as `viewer` sees it or, without one, as everybody but its author does.
    /// `room` is the room's label.
    pub fn timeline(message: &Message, room: &str, viewer: Option<UserId>) -> Self {
        let dto = Box::new(MessageDto::in_frame(message, room, viewer));
        match message.change {
            ChangeKind::Post => Self::Message(dto),
            ChangeKind::Delete => Self::MessageDeleted(dto),
            kind @ (ChangeKind::Edit | ChangeKind::Reaction | ChangeKind::Pin) => {
                Self::MessageUpdated(Box::new(MessageUpdatedFrame { change: kind.as_str().to_owned(), message: *dto }))
            }
        }
    }

    /// Says that a command wasn't carried out.
    pub fn error(id: Option<Value>, code: ErrorCode, message: impl Into<String>) -> Self {
        let code = code.as_str().to_owned();
        Self::Error(ErrorFrame { id, code, message: message.into(), retry_after_ms: None, current: None })
    }

    /// Gives the JSON text of the frame.
    pub fn encode(&self) -> Vec<u8> {
        // Maps with text keys, texts, numbers and booleans always have a JSON form.
        serde_json::to_vec(self).unwrap_or_default()
    }
}
