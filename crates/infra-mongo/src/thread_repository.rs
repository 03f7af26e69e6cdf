//! Threads in MongoDB.

use async_trait::async_trait;
use bson::spec::BinarySubtype;
use bson::{Binary, doc};
use domain::model::{MessageId, PageSize, RoomSeq, ThreadPage, ThreadSummary, UserId};
use domain::port::{Constraint, RepositoryError, ThreadRepository};
use futures_util::TryStreamExt;
use mongodb::error::Error;
use mongodb::options::Hint;
use serde::Deserialize;

use crate::collections::{Collections, exists};
use crate::document::oid;
use crate::error::{classify, corrupt};
use crate::previews;
use crate::user_repository::limit;

/// The index of replies by the message that began their thread.
const INDEX: &str = "thread";

/// Finds threads in MongoDB and keeps who follows them.
#[derive(Debug, Clone)]
pub struct MongoThreadRepository {
    collections: Collections,
}

/// What the replies of a thread add up to.
#[derive(Debug, Default, Deserialize)]
struct Sum {
    replies: i64,
    last_seq: i64,
    /// How many the looker wrote.
    own: i64,
}

impl MongoThreadRepository {
    pub(crate) fn new(collections: Collections) -> Self {
        Self { collections }
    }

    async fn sum(&self, root: MessageId, user_id: UserId) -> Result<Sum, Error> {
        let live = doc! { "$eq": [{ "$ifNull": ["$deleted_at", 0] }, 0] };
        let own = doc! { "$eq": ["$author_id", oid(user_id.id())] };
        let pipeline = [
            doc! { "$match": { "thread": oid(root.id()) } },
            doc! { "$group": {
                "_id": null,
                "replies": { "$sum": { "$cond": [live.clone(), 1_i64, 0_i64] } },
                "last_seq": { "$max": { "$cond": [live, "$seq", 0_i64] } },
                "own": { "$sum": { "$cond": [own, 1_i64, 0_i64] } },
            } },
        ];
        let aggregate = self.collections.messages.aggregate(pipeline).hint(Hint::Name(INDEX.to_owned()));
        let found: Option<Sum> = aggregate.with_type::<Sum>().await?.try_next().await?;
        Ok(found.unwrap_or_default())
    }

    async fn wrote_first(&self, root: MessageId, user_id: UserId) -> Result<bool, Error> {
        exists(&self.collections.messages, doc! { "_id": oid(root.id()), "author_id": oid(user_id.id()) }).await
    }

    async fn choice(&self, root: MessageId, user_id: UserId) -> Result<Option<bool>, Error> {
        let found = self.collections.follows.find_one(doc! { "_id": follow_id(root, user_id) }).await?;
        Ok(found.and_then(|choice| choice.get_bool("follows").ok()))
    }

    async fn choose(&self, root: MessageId, user_id: UserId, follows: bool) -> Result<(), RepositoryError> {
        let message = exists(&self.collections.messages, doc! { "_id": oid(root.id()) });
        let user = exists(&self.collections.users, doc! { "_id": oid(user_id.id()) });
        if tokio::try_join!(message, user).map_err(classify)? != (true, true) {
            return Err(RepositoryError::Conflict(Constraint::Reference));
        }
        let choice = doc! { "$set": { "follows": follows } };
        let update = self.collections.follows.update_one(doc! { "_id": follow_id(root, user_id) }, choice);
        update.upsert(true).await.map_err(classify)?;
        Ok(())
    }
}

/// Gives the key of what a user chose about a thread: the bytes of both ids.
fn follow_id(root: MessageId, user_id: UserId) -> Binary {
    let bytes = [root.id().to_bytes(), user_id.id().to_bytes()].concat();
    Binary { subtype: BinarySubtype::Generic, bytes }
}

#[async_trait]
impl ThreadRepository for MongoThreadRepository {
    async fn replies(&self, root: MessageId, after: RoomSeq, size: PageSize) -> Result<ThreadPage, RepositoryError> {
        let work = async {
            let filter = doc! { "thread": oid(root.id()), "seq": { "$gt": after.to_i64() } };
            let find = self.collections.find_messages(filter).sort(doc! { "seq": 1 }).limit(limit(size) + 1);
            let mut found = previews::select_stored(find.hint(Hint::Name(INDEX.to_owned()))).await?;
            let more = found.len() > size.get();
            found.truncate(size.get());
            Ok(ThreadPage { items: previews::complete(&self.collections, found).await?, more })
        };
        self.collections.within(work).await
    }

    async fn summary(&self, root: MessageId, user_id: UserId) -> Result<ThreadSummary, RepositoryError> {
        let work = async {
            let (sum, wrote_first, choice) =
                tokio::try_join!(self.sum(root, user_id), self.wrote_first(root, user_id), self.choice(root, user_id))
                    .map_err(classify)?;
            Ok(ThreadSummary {
                replies: u64::try_from(sum.replies).unwrap_or(0),
                last_seq: RoomSeq::from_i64(sum.last_seq).ok_or_else(|| corrupt("seq"))?,
                following: choice.unwrap_or(wrote_first || sum.own > 0),
            })
        };
        self.collections.within(work).await
    }

    async fn follow(&self, root: MessageId, user_id: UserId, follows: bool) -> Result<(), RepositoryError> {
        self.collections.within(self.choose(root, user_id, follows)).await
    }
}
