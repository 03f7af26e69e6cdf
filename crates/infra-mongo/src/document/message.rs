//! A message as MongoDB keeps it.

use bson::DateTime;
use bson::oid::ObjectId;
use domain::model::{
    Author, ChangeKind, Message, MessageBody, MessageId, MessageKind, MessageState, NewMessage, Nonce, RoomId, RoomRev,
    RoomSeq, UserId, Username,
};
use domain::port::RepositoryError;
use serde::{Deserialize, Serialize};

use super::message_content::{PinDocument, ReactionDocument, Target, content_of, targets};
use super::{from_time, id_of, oid, to_time};
use crate::error::corrupt;

/// A message without the texts that were replaced: they are in the same document, under `versions`, and whoever reads
/// messages leaves them out by [`LEAN`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MessageDocument {
    #[serde(rename = "_id")]
    pub(crate) id: ObjectId,
    pub(crate) room_id: ObjectId,
    pub(crate) seq: i64,
    pub(crate) rev: i64,
    /// The numbers of all changes, the newest last, under a unique index: a number that a later change of the same
    /// message replaced stays used, so that a node that knows an old head can't use it again. Written only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) revs: Vec<i64>,
    /// Absent as long as `rev` is it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) posted_rev: Option<i64>,
    /// Absent as long as nothing changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) change: Option<String>,
    pub(crate) author_id: ObjectId,
    pub(crate) author_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content: Option<String>,
    /// Absent as long as it is the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) edited_at: Option<DateTime>,
    /// Ids of users, and the words for everybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) mentions: Vec<Target>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) reactions: Vec<ReactionDocument>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pin: Option<PinDocument>,
    pub(crate) created_at: DateTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reply_to: Option<ReplyDocument>,
    /// The message that began the thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) thread: Option<ObjectId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deleted_at: Option<DateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deleted_by: Option<ObjectId>,
}

/// The fields that only grow, and that nobody needs who reads messages.
pub(crate) const LEAN: [&str; 2] = ["versions", "revs"];

/// Which message is answered. What it says is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReplyDocument {
    #[serde(rename = "_id")]
    pub(crate) id: ObjectId,
    pub(crate) seq: i64,
}

/// A message as it is stored: which one it answers, but not what that one says now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredMessage {
    /// The message, as if it answered none.
    pub(crate) message: Message,
    /// The message it answers.
    pub(crate) answers: Option<MessageId>,
}

impl StoredMessage {
    /// Gives a message that is to be stored under the numbers chosen for it.
    pub(crate) fn numbered(mut new: NewMessage, seq: RoomSeq, rev: RoomRev) -> Self {
        let answers = new.reply_to.take().map(|preview| preview.id);
        Self { message: new.numbered(seq, rev), answers }
    }
}

impl MessageDocument {
    /// Gives the document of a message under the numbers chosen for it.
    pub(crate) fn numbered(new: &NewMessage, seq: RoomSeq, rev: RoomRev) -> Self {
        Self {
            id: oid(new.id.id()),
            room_id: oid(new.room_id.id()),
            seq: seq.to_i64(),
            rev: rev.to_i64(),
            revs: vec![rev.to_i64()],
            posted_rev: None,
            change: None,
            author_id: oid(new.author.id.id()),
            author_name: new.author.username.as_str().to_owned(),
            kind: None,
            content: Some(new.body.as_str().to_owned()),
            version: None,
            edited_at: None,
            mentions: targets(&new.mentions),
            reactions: Vec::new(),
            pin: None,
            created_at: from_time(new.created_at),
            nonce: new.nonce.as_ref().map(|nonce| nonce.as_str().to_owned()),
            reply_to: new
                .reply_to
                .as_ref()
                .map(|preview| ReplyDocument { id: oid(preview.id.id()), seq: preview.seq.to_i64() }),
            thread: new.thread.map(|root| oid(root.id())),
            deleted_at: None,
            deleted_by: None,
        }
    }

    fn state(&self) -> Result<MessageState, RepositoryError> {
        match (self.deleted_at, self.deleted_by, &self.content) {
            (Some(at), Some(by), None) => Ok(MessageState::Deleted { at: to_time(at), by: UserId::new(id_of(by)) }),
            (None, None, Some(text)) => {
                let body = MessageBody::parse(text.as_str()).map_err(|_| corrupt("message text"))?;
                content_of(body, self).map(MessageState::Live)
            }
            _ => Err(corrupt("message state")),
        }
    }

    /// Gives the kind of the latest change; documents of the first schema don't say.
    fn latest_change(&self) -> Result<ChangeKind, RepositoryError> {
        match self.change.as_deref() {
            Some(word) => word.parse().map_err(|_| corrupt("kind of change")),
            None if self.deleted_at.is_some() => Ok(ChangeKind::Delete),
            None => Ok(ChangeKind::Post),
        }
    }

    /// Gives the number under which the message was posted. Tombstones of the first schema don't say: at least as many
    /// changes were made as messages posted.
    fn first_rev(&self) -> i64 {
        let unsaid = if self.deleted_at.is_some() { self.seq } else { self.rev };
        self.posted_rev.unwrap_or(unsaid)
    }
}

impl TryFrom<MessageDocument> for StoredMessage {
    type Error = RepositoryError;

    fn try_from(document: MessageDocument) -> Result<Self, RepositoryError> {
        let kind = document.kind.as_deref().map_or(Ok(MessageKind::Text), str::parse);
        let nonce = document.nonce.as_deref().map(Nonce::parse).transpose();
        let message = Message {
            id: MessageId::new(id_of(document.id)),
            room_id: RoomId::new(id_of(document.room_id)),
            seq: RoomSeq::from_i64(document.seq).ok_or_else(|| corrupt("seq"))?,
            rev: RoomRev::from_i64(document.rev).ok_or_else(|| corrupt("rev"))?,
            posted_rev: RoomRev::from_i64(document.first_rev()).ok_or_else(|| corrupt("rev"))?,
            change: document.latest_change()?,
            author: Author {
                id: UserId::new(id_of(document.author_id)),
                username: Username::parse(&document.author_name).map_err(|_| corrupt("author name"))?,
            },
            kind: kind.map_err(|_| corrupt("message kind"))?,
            state: document.state()?,
            created_at: to_time(document.created_at),
            nonce: nonce.map_err(|_| corrupt("nonce"))?,
            reply_to: None,
            thread: document.thread.map(|root| MessageId::new(id_of(root))),
        };
        Ok(Self { message, answers: document.reply_to.map(|answered| MessageId::new(id_of(answered.id))) })
    }
}

#[cfg(test)]
mod tests {
    use domain::model::{Id, Mentions, ReplyPreview, Timestamp};

    use super::*;

    fn new_message() -> NewMessage {
        let author = Author { id: UserId::new(Id::from_bytes([3; 12])), username: Username::parse("ann").unwrap() };
        NewMessage {
            id: MessageId::new(Id::from_bytes([1; 12])),
            room_id: RoomId::new(Id::from_bytes([2; 12])),
            author: author.clone(),
            body: MessageBody::parse("hello").unwrap(),
            mentions: Mentions { users: vec![author.id], room: false, here: true },
            created_at: Timestamp::from_millis(7),
            nonce: Some(Nonce::parse("n").unwrap()),
            reply_to: Some(ReplyPreview {
                id: MessageId::new(Id::from_bytes([4; 12])),
                seq: RoomSeq::ZERO.next(),
                author,
                excerpt: None,
            }),
            thread: Some(MessageId::new(Id::from_bytes([5; 12]))),
        }
    }

    #[test]
    fn a_new_message_reads_back_as_it_was_numbered() {
        let (seq, rev) = (RoomSeq::new(2).unwrap(), RoomRev::new(9).unwrap());
        let document = MessageDocument::numbered(&new_message(), seq, rev);
        let written = bson::serialize_to_vec(&document).unwrap();
        let read: MessageDocument = bson::deserialize_from_slice(&written).unwrap();
        assert_eq!(StoredMessage::try_from(read).unwrap(), StoredMessage::numbered(new_message(), seq, rev));
    }

    #[test]
    fn documents_of_the_first_schema_can_be_read() {
        let (room_id, author_id, at) = (ObjectId::new(), ObjectId::new(), DateTime::from_millis(0));
        let live = bson::doc! {
            "_id": ObjectId::new(), "room_id": room_id, "seq": 3_i64, "rev": 5_i64, "author_id": author_id,
            "author_name": "ann", "content": "hello", "created_at": at,
        };
        let mut tombstone = live.clone();
        tombstone.remove("content");
        tombstone.extend(bson::doc! { "deleted_at": at, "deleted_by": author_id });
        let read = |document| {
            let document: MessageDocument = bson::deserialize_from_document(document).unwrap();
            let message = StoredMessage::try_from(document).unwrap().message;
            (message.change, message.posted_rev.get())
        };
        assert_eq!(read(live), (ChangeKind::Post, 5));
        assert_eq!(read(tombstone), (ChangeKind::Delete, 3));
    }
}
