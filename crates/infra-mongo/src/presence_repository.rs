//! What is kept about presence in MongoDB: a part of the account.

use async_trait::async_trait;
use bson::{Document, doc};
use domain::model::{ChosenPresence, StoredPresence, Timestamp, UserId};
use domain::port::{Cause, PresenceRepository, RepositoryError};
use futures_util::TryStreamExt;

use crate::collections::Collections;
use crate::document::{SeenDocument, from_time, oid, write_chosen};
use crate::error::classify;

/// Keeps choices and last sights in MongoDB.
#[derive(Debug, Clone)]
pub struct MongoPresenceRepository {
    collections: Collections,
}

impl MongoPresenceRepository {
    pub(crate) fn new(collections: Collections) -> Self {
        Self { collections }
    }

    /// Notes last sights with one command. Whoever isn't there is matched by nothing.
    async fn note(&self, seen: &[(UserId, Timestamp)]) -> Result<(), RepositoryError> {
        let update = |(user_id, at): &(UserId, Timestamp)| {
            doc! { "q": { "_id": oid(user_id.id()) }, "u": { "$max": { "last_seen_at": from_time(*at) } } }
        };
        let updates: Vec<Document> = seen.iter().map(update).collect();
        let command = doc! {
            "update": self.collections.users.name(),
            "updates": updates,
            "ordered": false,
            "writeConcern": { "w": "majority", "j": true },
        };
        let answer = self.collections.database.run_command(command).await.map_err(classify)?;
        // A command that is sent as it is isn't checked by the driver.
        match answer.get("writeErrors").or(answer.get("writeConcernError")) {
            None => Ok(()),
            Some(error) => Err(RepositoryError::Unavailable(Cause::new(error.to_string()))),
        }
    }
}

#[async_trait]
impl PresenceRepository for MongoPresenceRepository {
    async fn find(&self, user_ids: &[UserId]) -> Result<Vec<StoredPresence>, RepositoryError> {
        let work = async {
            let ids: Vec<_> = user_ids.iter().map(|user_id| oid(user_id.id())).collect();
            let kept = [doc! { "presence": { "$exists": true } }, doc! { "last_seen_at": { "$exists": true } }];
            let filter = doc! { "_id": { "$in": ids }, "$or": kept.to_vec() };
            let users = self.collections.users.clone_with_type::<SeenDocument>();
            let find = users.find(filter).sort(doc! { "_id": 1 });
            let find = find.projection(doc! { "presence": 1, "last_seen_at": 1 });
            let found: Vec<SeenDocument> = find.await.map_err(classify)?.try_collect().await.map_err(classify)?;
            found.into_iter().map(StoredPresence::try_from).collect()
        };
        self.collections.within(work).await
    }

    async fn choose(&self, user_id: UserId, chosen: ChosenPresence) -> Result<bool, RepositoryError> {
        let work = async {
            let change = doc! { "$set": { "presence": write_chosen(&chosen) } };
            let update = self.collections.users.update_one(doc! { "_id": oid(user_id.id()) }, change);
            Ok(update.await.map_err(classify)?.matched_count == 1)
        };
        self.collections.within(work).await
    }

    async fn note_seen(&self, seen: &[(UserId, Timestamp)]) -> Result<(), RepositoryError> {
        if seen.is_empty() {
            return Ok(());
        }
        self.collections.within(self.note(seen)).await
    }
}
