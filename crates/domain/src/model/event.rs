//! What happened, as the nodes of a cluster tell each other.

use std::sync::Arc;

use super::{Message, PresenceReport, Role, RoomId, RoomSeq, SessionId, Timestamp, UserId, Username};

/// Somebody came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberNotice {
    /// In which room.
    pub room_id: RoomId,
    /// Who.
    pub user_id: UserId,
    /// Their name.
    pub username: Username,
    /// When.
    pub at: Timestamp,
}

/// Somebody is writing, or stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypingNotice {
    /// In which room.
    pub room_id: RoomId,
    /// Who.
    pub user_id: UserId,
    /// Whether they are writing now.
    pub on: bool,
}

/// Somebody's read position moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarkerNotice {
    /// In which room.
    pub room_id: RoomId,
    /// Whose.
    pub user_id: UserId,
    /// The last message they have read.
    pub read_seq: RoomSeq,
    /// Whether others may see it.
    pub shown: bool,
}

/// Something that happened. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A message was stored or changed; it is given whole, as of its `rev`.
    Timeline(Arc<Message>),
    /// Somebody's first connection to a room opened.
    Connected(MemberNotice),
    /// Somebody's last connection to a room closed.
    Disconnected(MemberNotice),
    /// Somebody became a member, in that role.
    MemberJoined(MemberNotice, Role),
    /// Somebody is no longer a member; their connections to the room must close.
    MemberLeft(MemberNotice),
    /// What is known about a room besides its timeline changed; it has to be read again.
    RoomChanged(RoomId),
    /// What is known about a user changed; they have to be read again.
    UserChanged(UserId),
    /// Somebody's read position moved.
    Marked(MarkerNotice),
    /// Somebody is writing, or stopped.
    Typing(TypingNotice),
    /// Clients of a node came, went or changed.
    Presence(Arc<PresenceReport>),
    /// A session ended; its connections must close.
    SessionRevoked {
        /// Which session.
        session_id: SessionId,
        /// Whose.
        user_id: UserId,
    },
    /// All sessions of a user ended, because the account was shut or its password set.
    UserRevoked {
        /// Whose.
        user_id: UserId,
        /// Whether the account is shut now.
        disabled: bool,
    },
}

/// What a subscriber receives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The next event.
    Event(Event),
    /// Events were lost; whoever needs them reads the store.
    Lagged,
}
