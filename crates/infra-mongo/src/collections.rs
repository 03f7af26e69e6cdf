//! The collections of one database, typed. Cheap to clone.

use bson::Document;
use mongodb::{Collection, Database};

use crate::document::{MembershipDocument, MessageDocument, RoomDocument, SessionDocument, UserDocument};

#[derive(Debug, Clone)]
pub(crate) struct Collections {
    pub(crate) database: Database,
    pub(crate) users: Collection<UserDocument>,
    pub(crate) sessions: Collection<SessionDocument>,
    pub(crate) rooms: Collection<RoomDocument>,
    pub(crate) memberships: Collection<MembershipDocument>,
    pub(crate) messages: Collection<MessageDocument>,
    /// Single documents that concern the whole data set.
    pub(crate) meta: Collection<Document>,
    /// What nodes tell each other besides timelines; removed after a minute.
    pub(crate) signals: Collection<Document>,
}

impl Collections {
    pub(crate) fn new(database: Database) -> Self {
        Self {
            users: database.collection("users"),
            sessions: database.collection("sessions"),
            rooms: database.collection("rooms"),
            memberships: database.collection("memberships"),
            messages: database.collection("messages"),
            meta: database.collection("meta"),
            signals: database.collection("signals"),
            database,
        }
    }
}
