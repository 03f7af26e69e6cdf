//! A log-in as MongoDB keeps it.

use bson::oid::ObjectId;
use bson::spec::BinarySubtype;
use bson::{Binary, DateTime};
use domain::model::{Device, NewSession, Session, SessionId, TokenDigest, UserId};
use serde::{Deserialize, Serialize};

use super::{from_time, id_of, oid, to_time};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SessionDocument {
    #[serde(rename = "_id")]
    pub(crate) id: ObjectId,
    pub(crate) user_id: ObjectId,
    pub(crate) created_at: DateTime,
    pub(crate) refreshed_at: DateTime,
    pub(crate) expires_at: DateTime,
    pub(crate) device: String,
    /// The digest of the refresh token that can be exchanged next.
    pub(crate) current: Binary,
    /// The digests of tokens that were exchanged, newest last.
    pub(crate) superseded: Vec<Binary>,
}

/// Gives a digest as MongoDB keeps it.
pub(crate) fn binary(digest: &TokenDigest) -> Binary {
    Binary { subtype: BinarySubtype::Generic, bytes: digest.as_bytes().to_vec() }
}

impl From<&NewSession> for SessionDocument {
    fn from(new: &NewSession) -> Self {
        let session = &new.session;
        Self {
            id: oid(session.id.id()),
            user_id: oid(session.user_id.id()),
            created_at: from_time(session.created_at),
            refreshed_at: from_time(session.refreshed_at),
            expires_at: from_time(session.expires_at),
            device: session.device.as_str().to_owned(),
            current: binary(&new.refresh_digest),
            superseded: Vec::new(),
        }
    }
}

impl From<SessionDocument> for Session {
    fn from(document: SessionDocument) -> Self {
        Self {
            id: SessionId::new(id_of(document.id)),
            user_id: UserId::new(id_of(document.user_id)),
            created_at: to_time(document.created_at),
            refreshed_at: to_time(document.refreshed_at),
            expires_at: to_time(document.expires_at),
            device: Device::describe(&document.device),
        }
    }
}
