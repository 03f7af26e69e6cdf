//! The documents of each collection. The only place that says how a value of ours is written in BSON.

mod membership;
mod message;
mod message_content;
mod message_update;
mod presence;
mod room;
mod session;
mod ticket;
mod user;

use bson::DateTime;
use bson::oid::ObjectId;
use domain::model::{Id, Timestamp};

pub(crate) use membership::{MembershipDocument, membership_id};
pub(crate) use message::{LEAN, MessageDocument, StoredMessage};
pub(crate) use message_content::{HERE, ROOM, VersionDocument};
pub(crate) use message_update::message_update;
pub(crate) use presence::{PresenceDocument, SeenDocument, write_chosen};
pub(crate) use room::{RoomDocument, write_edit_window};
pub(crate) use session::{SessionDocument, binary};
pub(crate) use ticket::TicketDocument;
pub(crate) use user::{UserDocument, write_privacy};

/// Gives an id as MongoDB keeps it: the same twelve bytes.
pub(crate) fn oid(id: Id) -> ObjectId {
    ObjectId::from_bytes(id.to_bytes())
}

/// Reads an id.
pub(crate) fn id_of(id: ObjectId) -> Id {
    Id::from_bytes(id.bytes())
}

/// Gives a time as MongoDB keeps it: whole milliseconds.
pub(crate) fn from_time(at: Timestamp) -> DateTime {
    DateTime::from_millis(at.as_millis())
}

/// Reads a time.
pub(crate) fn to_time(at: DateTime) -> Timestamp {
    Timestamp::from_millis(at.timestamp_millis())
}
