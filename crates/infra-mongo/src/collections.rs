//! The collections of one database, typed, and how long an operation on them may take. Cheap to clone.

use std::future::Future;
use std::time::Duration;

use bson::{Bson, Document, doc};
use domain::model::MessageId;
use domain::port::{Cause, RepositoryError};
use mongodb::action::Find;
use mongodb::error::Error;
use mongodb::{Collection, Database};
use tokio::time::timeout;

use crate::document::{
    LEAN, MembershipDocument, MessageDocument, RoomDocument, SessionDocument, TicketDocument, UserDocument, oid,
};

#[derive(Debug, Clone)]
pub(crate) struct Collections {
    pub(crate) database: Database,
    pub(crate) users: Collection<UserDocument>,
    pub(crate) sessions: Collection<SessionDocument>,
    pub(crate) rooms: Collection<RoomDocument>,
    pub(crate) memberships: Collection<MembershipDocument>,
    pub(crate) messages: Collection<MessageDocument>,
    /// Who chose to follow a thread, or not to.
    pub(crate) follows: Collection<Document>,
    pub(crate) tickets: Collection<TicketDocument>,
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
            follows: database.collection("follows"),
            tickets: database.collection("tickets"),
            meta: database.collection("meta"),
            signals: database.collection("signals"),
            database,
            limit,
        }
    }

    /// Finds messages without the texts that were replaced, which can be a hundred times as long as what is left.
    pub(crate) fn find_messages(&self, filter: Document) -> Find<'_, MessageDocument> {
        self.messages.find(filter).projection(lean())
    }

    /// Finds one message, as [`Self::find_messages`] does.
    pub(crate) async fn find_message(&self, id: MessageId) -> Result<Option<MessageDocument>, Error> {
        self.messages.find_one(doc! { "_id": oid(id.id()) }).projection(lean()).await
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

fn lean() -> Document {
    LEAN.into_iter().map(|field| (field.to_owned(), Bson::from(0))).collect()
}

/// Tells whether there is such a document.
pub(crate) async fn exists<T: Send + Sync>(collection: &Collection<T>, filter: Document) -> Result<bool, Error> {
    let ids = collection.clone_with_type::<Document>();
    Ok(ids.find_one(filter).projection(doc! { "_id": 1 }).await?.is_some())
}

/// Says that MongoDB took a command and fell silent.
pub(crate) fn no_answer() -> RepositoryError {
    RepositoryError::Timeout(Cause::new("MongoDB gave no answer in time"))
}
