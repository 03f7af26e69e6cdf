//! The collections of one database, typed, and how long an operation on them may take. Cheap to clone.

use std::future::Future;
use std::time::Duration;

use bson::Document;
use domain::port::{Cause, RepositoryError};
use mongodb::{Collection, Database};
use tokio::time::timeout;

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
    /// How long one call may take, however many commands it needs.
    pub(crate) limit: Duration,
}

impl Collections {
    pub(crate) fn new(database: Database, limit: Duration) -> Self {
        Self {
            users: database.collection("users"),
            sessions: database.collection("sessions"),
            rooms: database.collection("rooms"),
            memberships: database.collection("memberships"),
            messages: database.collection("messages"),
            meta: database.collection("meta"),
            signals: database.collection("signals"),
            database,
            limit,
        }
    }

    /// Does something for as long as a call may take: the driver itself waits for ever for a server that took a
    /// command and fell silent.
    pub(crate) async fn within<T, E>(&self, work: impl Future<Output = Result<T, E>> + Send) -> Result<T, E>
    where
        E: From<RepositoryError>,
    {
        timeout(self.limit, work).await.unwrap_or_else(|_| Err(no_answer().into()))
    }
}

/// Says that MongoDB took a command and fell silent.
pub(crate) fn no_answer() -> RepositoryError {
    RepositoryError::Timeout(Cause::new("MongoDB gave no answer in time"))
}
