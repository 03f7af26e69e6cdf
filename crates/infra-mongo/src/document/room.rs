//! A room as MongoDB keeps it.

use bson::DateTime;
use bson::oid::ObjectId;
use domain::model::{EditWindow, Room, RoomId, RoomName, Topic};
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
    /// The last numbers of messages that are no longer there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seq_floor: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rev_floor: Option<i64>,
    /// In seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) edit_window: Option<i64>,
}

/// Writes for how long messages can be edited.
pub(crate) fn write_edit_window(window: EditWindow) -> i64 {
    i64::from(window.seconds())
}

fn read_edit_window(seconds: i64) -> Result<EditWindow, RepositoryError> {
    let window = u64::try_from(seconds).ok().and_then(|seconds| EditWindow::from_seconds(seconds).ok());
    window.ok_or_else(|| corrupt("edit window"))
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
            seq_floor: None,
            rev_floor: None,
            edit_window: room.edit_window.map(write_edit_window),
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
            edit_window: document.edit_window.map(read_edit_window).transpose()?,
        })
    }
}
