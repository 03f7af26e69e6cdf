//! A one-shot ticket as MongoDB keeps it.

use bson::oid::ObjectId;
use bson::{Binary, DateTime};
use domain::model::NewTicket;
use serde::{Deserialize, Serialize};

use super::session::binary;
use super::{from_time, oid};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TicketDocument {
    /// The digest of the secret.
    #[serde(rename = "_id")]
    pub(crate) id: Binary,
    pub(crate) session_id: ObjectId,
    pub(crate) expires_at: DateTime,
}

impl From<&NewTicket> for TicketDocument {
    fn from(new: &NewTicket) -> Self {
        Self { id: binary(&new.digest), session_id: oid(new.session_id.id()), expires_at: from_time(new.expires_at) }
    }
}
