//! Accounts in MongoDB.

use async_trait::async_trait;
use bson::{Bson, DateTime, Document, doc};
use domain::model::{NewUser, PageSize, PasswordHash, User, UserId, Username};
use domain::port::{Credentials, RepositoryError, UserRepository};
use futures_util::TryStreamExt;

use crate::collections::Collections;
use crate::document::{UserDocument, oid};
use crate::error::{classify, violated_index};

/// The document that whoever makes the first account must get hold of.
const FIRST_USER: &str = "first_user";
/// After this time an attempt that left no account is taken to have died.
const ABANDONED_AFTER_MS: i64 = 30_000;

/// Keeps accounts in MongoDB.
#[derive(Debug, Clone)]
pub struct MongoUserRepository {
    collections: Collections,
}

impl MongoUserRepository {
    pub(crate) fn new(collections: Collections) -> Self {
        Self { collections }
    }

    async fn update(&self, id: UserId, change: Document) -> Result<bool, RepositoryError> {
        let update = self.collections.users.update_one(doc! { "_id": oid(id.id()) }, doc! { "$set": change });
        Ok(update.await.map_err(classify)?.matched_count == 1)
    }

    /// Claims the right to make the first account. Of several at once one gets it; one that died is replaced.
    async fn claim_first(&self, id: UserId, now: DateTime) -> Result<bool, RepositoryError> {
        let claim = doc! { "_id": FIRST_USER, "user_id": oid(id.id()), "claimed_at": now };
        match self.collections.meta.insert_one(claim).await {
            Ok(_) => return Ok(true),
            Err(error) if violated_index(&error).is_some() => {}
            Err(error) => return Err(classify(error)),
        }
        let abandoned = DateTime::from_millis(now.timestamp_millis() - ABANDONED_AFTER_MS);
        let filter = doc! { "_id": FIRST_USER, "claimed_at": { "$lt": abandoned } };
        let change = doc! { "$set": { "user_id": oid(id.id()), "claimed_at": now } };
        let update = self.collections.meta.update_one(filter, change).await.map_err(classify)?;
        Ok(update.matched_count == 1)
    }
}

#[async_trait]
impl UserRepository for MongoUserRepository {
    async fn insert(&self, new: NewUser) -> Result<(), RepositoryError> {
        self.collections.users.insert_one(UserDocument::from(&new)).await.map_err(classify)?;
        Ok(())
    }

    async fn insert_first(&self, new: NewUser) -> Result<bool, RepositoryError> {
        if self.any().await? || !self.claim_first(new.user.id, DateTime::now()).await? || self.any().await? {
            return Ok(false);
        }
        let inserted = self.insert(new).await;
        if inserted.is_err() {
            // So that the next attempt needn't wait; if this fails too, it waits.
            let _ = self.collections.meta.delete_one(doc! { "_id": FIRST_USER }).await;
        }
        inserted.map(|()| true)
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, RepositoryError> {
        let found = self.collections.users.find_one(doc! { "_id": oid(id.id()) }).await.map_err(classify)?;
        found.map(User::try_from).transpose()
    }

    async fn find_credentials(&self, username: &Username) -> Result<Option<Credentials>, RepositoryError> {
        let found = self.collections.users.find_one(doc! { "key": username.key() }).await.map_err(classify)?;
        found.map(Credentials::try_from).transpose()
    }

    async fn any(&self) -> Result<bool, RepositoryError> {
        Ok(self.collections.users.find_one(doc! {}).await.map_err(classify)?.is_some())
    }

    async fn list(&self, after: Option<Username>, size: PageSize) -> Result<Vec<User>, RepositoryError> {
        let filter = after.map_or_else(Document::new, |name| doc! { "key": { "$gt": name.key() } });
        let find = self.collections.users.find(filter).sort(doc! { "key": 1 }).limit(limit(size));
        let documents: Vec<_> = find.await.map_err(classify)?.try_collect().await.map_err(classify)?;
        documents.into_iter().map(User::try_from).collect()
    }

    async fn set_password_hash(&self, id: UserId, hash: PasswordHash) -> Result<bool, RepositoryError> {
        self.update(id, doc! { "password_hash": hash.as_str() }).await
    }

    async fn set_disabled(&self, id: UserId, disabled: bool) -> Result<bool, RepositoryError> {
        self.update(id, doc! { "disabled": Bson::Boolean(disabled) }).await
    }
}

/// Gives a page size as the driver takes it.
pub(crate) fn limit(size: PageSize) -> i64 {
    i64::try_from(size.get()).unwrap_or(i64::MAX)
}
