//! A room as MongoDB keeps it.

use bson::DateTime;
use bson::oid::ObjectId;
use domain::model::{Room, RoomId, RoomName, Topic};
use domain::port::RepositoryError;
use serde::{Deserialize, Serialize};

use super::{from_time, id_of, oid, to_time};
use crate::error::corrupt;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RoomDocument {
    #[serde(rename = "_id")]
    pub(crate) id: ObjectId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    pub(crate) kind: String,
    pub(crate) topic: String,
    pub(crate) created_at: DateTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) archived_at: Option<DateTime>,
}

impl From<&Room> for RoomDocument {
    fn from(room: &Room) -> Self {
        Self {
            id: oid(room.id.id()),
            name: room.name.as_ref().map(|name| name.as_str().to_owned()),
            kind: room.kind.as_str().to_owned(),
            topic: room.topic.as_str().to_owned(),
            created_at: from_time(room.created_at),
            archived_at: room.archived_at.map(from_time),
        }
    }
}

impl TryFrom<RoomDocument> for Room {
    type Error = RepositoryError;

    fn try_from(document: RoomDocument) -> Result<Self, RepositoryError> {
        let name = document.name.as_deref().map(RoomName::parse).transpose();
        Ok(Self {
            id: RoomId::new(id_of(document.id)),
            name: name.map_err(|_| corrupt("room name"))?,
            kind: document.kind.parse().map_err(|_| corrupt("room kind"))?,
            topic: Topic::parse(&document.topic).map_err(|_| corrupt("topic"))?,
            created_at: to_time(document.created_at),
            archived_at: document.archived_at.map(to_time),
        })
    }
}
