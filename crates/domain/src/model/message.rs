//! Something said in a room.

use super::room::words;
use super::{MessageBody, MessageId, Nonce, RoomId, RoomRev, RoomSeq, Timestamp, UserId, Username};

words! {
    /// Who speaks: a person or the server.
    MessageKind {
        /// A person or program wrote it.
        Text => "text",
        /// The server wrote it; it never counts as unread.
        System => "system",
    }
}

/// The author as the message names them, as of when it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Names the user.
    pub id: UserId,
    /// Their name then.
    pub username: Username,
}

/// What is left of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageState {
    /// It can be read.
    Live {
        /// Its text.
        body: MessageBody,
    },
    /// It was deleted: the place in the timeline stays, the text is gone from the store.
    Deleted {
        /// When.
        at: Timestamp,
        /// By whom.
        by: UserId,
    },
}

/// A stored message or its tombstone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Names the message for ever.
    pub id: MessageId,
    /// The room it was said in.
    pub room_id: RoomId,
    /// Its place in the room.
    pub seq: RoomSeq,
    /// The number of its latest change.
    pub rev: RoomRev,
    /// Who said it.
    pub author: Author,
    /// Who speaks.
    pub kind: MessageKind,
    /// Its text, or the fact that it was deleted.
    pub state: MessageState,
    /// When it was accepted. Order comes from `seq`, never from this.
    pub created_at: Timestamp,
    /// The author's name for the intent to send it; for their eyes only.
    pub nonce: Option<Nonce>,
}

impl Message {
    /// Gives the text, unless the message was deleted.
    pub fn body(&self) -> Option<&MessageBody> {
        match &self.state {
            MessageState::Live { body } => Some(body),
            MessageState::Deleted { .. } => None,
        }
    }

    /// Tells whether only the tombstone is left.
    pub const fn is_deleted(&self) -> bool {
        matches!(self.state, MessageState::Deleted { .. })
    }
}

/// A message to be appended; the store gives it `seq` and `rev`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Names the message for ever.
    pub id: MessageId,
    /// The room to append to.
    pub room_id: RoomId,
    /// Who says it.
    pub author: Author,
    /// Its text.
    pub body: MessageBody,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// The author's name for the intent; a repeat of it appends nothing.
    pub nonce: Option<Nonce>,
}

impl NewMessage {
    /// Gives the message as it stands once the store chose its numbers.
    pub fn numbered(self, seq: RoomSeq, rev: RoomRev) -> Message {
        Message {
            id: self.id,
            room_id: self.room_id,
            seq,
            rev,
            author: self.author,
            kind: MessageKind::Text,
            state: MessageState::Live { body: self.body },
            created_at: self.created_at,
            nonce: self.nonce,
        }
    }
}
