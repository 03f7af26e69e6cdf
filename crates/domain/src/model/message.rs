//! Something said in a room.

use super::room::words;
use super::{
    Excerpt, Mentions, MessageBody, MessageId, Nonce, Reactions, RoomId, RoomRev, RoomSeq, Timestamp, UserId, Username,
    Version,
};

words! {
    /// Who speaks: a person or the server.
    MessageKind {
        /// A person or program wrote it.
        Text => "text",
        /// The server wrote it; it never counts as unread.
        System => "system",
    }
}

words! {
    /// What the latest change of a message was.
    ChangeKind {
        /// It was posted.
        Post => "post",
        /// Its text was replaced.
        Edit => "edit",
        /// Somebody reacted, or took a reaction back.
        Reaction => "reaction",
        /// It was pinned or unpinned.
        Pin => "pin",
        /// It was deleted.
        Delete => "delete",
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

/// The message that another one answers, as it is now. Stores keep only which one it is and look up the rest whenever
/// they give the answer out, so that a deleted text isn't quoted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyPreview {
    /// Names the message answered, which is in the same room.
    pub id: MessageId,
    /// Its place.
    pub seq: RoomSeq,
    /// Who wrote it.
    pub author: Author,
    /// Its beginning; none once it was deleted.
    pub excerpt: Option<Excerpt>,
}

impl ReplyPreview {
    /// Previews a message.
    pub fn of(message: &Message) -> Self {
        Self {
            id: message.id,
            seq: message.seq,
            author: message.author.clone(),
            excerpt: message.body().map(Excerpt::of),
        }
    }
}

/// Says when and by whom a message was pinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: UserId,
}

/// What can be read of a message that wasn't deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageContent {
    /// Its text.
    pub body: MessageBody,
    /// How many texts it has had.
    pub version: Version,
    /// When the text was last replaced, if it was.
    pub edited_at: Option<Timestamp>,
    /// Whom the text calls.
    pub mentions: Mentions,
    /// Who reacted with what.
    pub reactions: Reactions,
    /// Whether it is pinned.
    pub pin: Option<Pin>,
}

impl MessageContent {
    /// Gives the content of a message as it is posted.
    pub fn new(body: MessageBody, mentions: Mentions) -> Self {
        let (version, reactions) = (Version::FIRST, Reactions::default());
        Self { body, version, edited_at: None, mentions, reactions, pin: None }
    }
}

/// What is left of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageState {
    /// It can be read.
    Live(MessageContent),
    /// It was deleted: the place in the timeline stays, text and reactions are gone from the store.
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
    /// The number of the change that posted it: whoever is behind it doesn't know the message.
    pub posted_rev: RoomRev,
    /// What its latest change was.
    pub change: ChangeKind,
    /// Who said it.
    pub author: Author,
    /// Who speaks.
    pub kind: MessageKind,
    /// Its text and what belongs to it, or the fact that it was deleted.
    pub state: MessageState,
    /// When it was accepted. Order comes from `seq`, never from this.
    pub created_at: Timestamp,
    /// The author's name for the intent to send it; for their eyes only.
    pub nonce: Option<Nonce>,
    /// The message it answers.
    pub reply_to: Option<ReplyPreview>,
    /// The message that began the thread it belongs to, if it belongs to one; never itself part of a thread.
    pub thread: Option<MessageId>,
}

impl Message {
    /// Gives what can be read, unless the message was deleted.
    pub const fn content(&self) -> Option<&MessageContent> {
        match &self.state {
            MessageState::Live(content) => Some(content),
            MessageState::Deleted { .. } => None,
        }
    }

    /// Gives the text, unless the message was deleted.
    pub fn body(&self) -> Option<&MessageBody> {
        self.content().map(|content| &content.body)
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
    /// Whom the text calls.
    pub mentions: Mentions,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// The author's name for the intent; a repeat of it appends nothing.
    pub nonce: Option<Nonce>,
    /// The message it answers, in the same room.
    pub reply_to: Option<ReplyPreview>,
    /// The message that began the thread it belongs to, in the same room.
    pub thread: Option<MessageId>,
}

impl NewMessage {
    /// Gives the message as it stands once the store chose its numbers.
    pub fn numbered(self, seq: RoomSeq, rev: RoomRev) -> Message {
        Message {
            id: self.id,
            room_id: self.room_id,
            seq,
            rev,
            posted_rev: rev,
            change: ChangeKind::Post,
            author: self.author,
            kind: MessageKind::Text,
            state: MessageState::Live(MessageContent::new(self.body, self.mentions)),
            created_at: self.created_at,
            nonce: self.nonce,
            reply_to: self.reply_to,
            thread: self.thread,
        }
    }
}
