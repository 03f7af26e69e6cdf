//! A message as MongoDB keeps it.

use bson::DateTime;
use bson::oid::ObjectId;
use domain::model::{
    Author, Message, MessageBody, MessageId, MessageKind, MessageState, NewMessage, Nonce, RoomId, RoomRev, RoomSeq,
    UserId, Username,
};
use domain::port::RepositoryError;
use serde::{Deserialize, Serialize};

use super::{from_time, id_of, oid, to_time};
use crate::error::corrupt;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MessageDocument {
    #[serde(rename = "_id")]
    pub(crate) id: ObjectId,
    pub(crate) room_id: ObjectId,
    pub(crate) seq: i64,
    pub(crate) rev: i64,
    pub(crate) author_id: ObjectId,
    pub(crate) author_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content: Option<String>,
    pub(crate) created_at: DateTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deleted_at: Option<DateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) deleted_by: Option<ObjectId>,
}

impl MessageDocument {
    /// Gives the document of a message under the numbers chosen for it.
    pub(crate) fn numbered(new: &NewMessage, seq: RoomSeq, rev: RoomRev) -> Self {
        Self {
            id: oid(new.id.id()),
            room_id: oid(new.room_id.id()),
            seq: seq.to_i64(),
            rev: rev.to_i64(),
            author_id: oid(new.author.id.id()),
            author_name: new.author.username.as_str().to_owned(),
            kind: None,
            content: Some(new.body.as_str().to_owned()),
            created_at: from_time(new.created_at),
            nonce: new.nonce.as_ref().map(|nonce| nonce.as_str().to_owned()),
            deleted_at: None,
            deleted_by: None,
        }
    }
}

impl TryFrom<MessageDocument> for Message {
    type Error = RepositoryError;

    fn try_from(document: MessageDocument) -> Result<Self, RepositoryError> {
        let state = match (document.deleted_at, document.deleted_by, document.content) {
            (Some(at), Some(by), None) => MessageState::Deleted { at: to_time(at), by: UserId::new(id_of(by)) },
            (None, None, Some(content)) => {
                MessageState::Live { body: MessageBody::parse(content).map_err(|_| corrupt("message text"))? }
            }
            _ => return Err(corrupt("message state")),
        };
        let kind = document.kind.as_deref().map_or(Ok(MessageKind::Text), str::parse);
        let nonce = document.nonce.as_deref().map(Nonce::parse).transpose();
        Ok(Self {
            id: MessageId::new(id_of(document.id)),
            room_id: RoomId::new(id_of(document.room_id)),
            seq: RoomSeq::from_i64(document.seq).ok_or_else(|| corrupt("seq"))?,
            rev: RoomRev::from_i64(document.rev).ok_or_else(|| corrupt("rev"))?,
            author: Author {
                id: UserId::new(id_of(document.author_id)),
                username: Username::parse(&document.author_name).map_err(|_| corrupt("author name"))?,
            },
            kind: kind.map_err(|_| corrupt("message kind"))?,
            state,
            created_at: to_time(document.created_at),
            nonce: nonce.map_err(|_| corrupt("nonce"))?,
        })
    }
}
