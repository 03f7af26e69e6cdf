//! One-shot tickets in MongoDB.

use async_trait::async_trait;
use bson::doc;
use domain::model::{NewTicket, SessionId, Timestamp, TokenDigest};
use domain::port::{RepositoryError, TicketRepository};

use crate::collections::Collections;
use crate::document::{TicketDocument, binary, from_time, id_of};
use crate::error::classify;

/// Keeps tickets in MongoDB, which removes the expired ones by itself.
#[derive(Debug, Clone)]
pub struct MongoTicketRepository {
    collections: Collections,
}

impl MongoTicketRepository {
    pub(crate) fn new(collections: Collections) -> Self {
        Self { collections }
    }
}

#[async_trait]
impl TicketRepository for MongoTicketRepository {
    async fn insert(&self, ticket: NewTicket) -> Result<(), RepositoryError> {
        let work = async {
            self.collections.tickets.insert_one(TicketDocument::from(&ticket)).await.map_err(classify)?;
            Ok(())
        };
        self.collections.within(work).await
    }

    async fn take(&self, digest: TokenDigest, now: Timestamp) -> Result<Option<SessionId>, RepositoryError> {
        let work = async {
            let filter = doc! { "_id": binary(&digest), "expires_at": { "$gt": from_time(now) } };
            let taken = self.collections.tickets.find_one_and_delete(filter).await.map_err(classify)?;
            Ok(taken.map(|ticket| SessionId::new(id_of(ticket.session_id))))
        };
        self.collections.within(work).await
    }
}
