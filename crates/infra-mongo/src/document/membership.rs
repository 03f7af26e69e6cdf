//! A membership as MongoDB keeps it.

use bson::oid::ObjectId;
use bson::spec::BinarySubtype;
use bson::{Binary, DateTime};
use domain::model::{Membership, RoomId, RoomSeq, UserId};
use domain::port::RepositoryError;
use serde::{Deserialize, Serialize};

use super::{from_time, id_of, oid, to_time};
use crate::error::corrupt;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MembershipDocument {
    /// Room and user, so that one look-up by key finds it and there can't be two.
    #[serde(rename = "_id")]
    pub(crate) id: Binary,
    pub(crate) room_id: ObjectId,
    pub(crate) user_id: ObjectId,
    pub(crate) role: String,
    pub(crate) joined_at: DateTime,
    /// The last message the member has read.
    #[serde(default)]
    pub(crate) read_seq: i64,
}

/// Gives the key of a user's membership in a room: the bytes of both ids.
pub(crate) fn membership_id(room_id: RoomId, user_id: UserId) -> Binary {
    let bytes = [room_id.id().to_bytes(), user_id.id().to_bytes()].concat();
    Binary { subtype: BinarySubtype::Generic, bytes }
}

impl MembershipDocument {
    /// Gives the document of a new membership, with everything up to that message read.
    pub(crate) fn new(membership: &Membership, read_seq: RoomSeq) -> Self {
        Self {
            id: membership_id(membership.room_id, membership.user_id),
            room_id: oid(membership.room_id.id()),
            user_id: oid(membership.user_id.id()),
            role: membership.role.as_str().to_owned(),
            joined_at: from_time(membership.joined_at),
            read_seq: read_seq.to_i64(),
        }
    }
}

impl TryFrom<MembershipDocument> for Membership {
    type Error = RepositoryError;

    fn try_from(document: MembershipDocument) -> Result<Self, RepositoryError> {
        Ok(Self {
            room_id: RoomId::new(id_of(document.room_id)),
            user_id: UserId::new(id_of(document.user_id)),
            role: document.role.parse().map_err(|_| corrupt("role"))?,
            joined_at: to_time(document.joined_at),
        })
    }
}
