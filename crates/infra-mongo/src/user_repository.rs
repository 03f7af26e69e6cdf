//! Accounts in MongoDB.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bson::{Document, doc};
use domain::model::{NewUser, PageSize, PasswordHash, Privacy, User, UserId, Username};
use domain::port::{Credentials, RepositoryError, UserRepository};
use futures_util::TryStreamExt;
use tokio::time::sleep;
use tracing::debug;

use crate::collections::{Collections, exists};
use crate::document::{UserDocument, oid, write_privacy};
use crate::error::classify;
use crate::lease;

/// The document that says that an account exists or is being made.
const FIRST_USER: &str = "first_user";
/// After this time an attempt that left no account is taken to have died; far more than a call may take.
const ABANDONED_AFTER: Duration = Duration::from_secs(30);
/// How long to wait before looking again whether somebody's attempt has ended.
const PAUSE: Duration = Duration::from_millis(20);

/// Keeps accounts in MongoDB.
#[derive(Debug, Clone)]
pub struct MongoUserRepository {
    collections: Collections,
    /// Whether this node knows that there is an account; accounts are never removed.
    populated: Arc<AtomicBool>,
}

impl MongoUserRepository {
    pub(crate) fn new(collections: Collections) -> Self {
        Self { collections, populated: Arc::default() }
    }

    async fn update(&self, id: UserId, change: Document) -> Result<bool, RepositoryError> {
        let update = self.collections.users.update_one(doc! { "_id": oid(id.id()) }, doc! { "$set": change });
        Ok(update.await.map_err(classify)?.matched_count == 1)
    }

    async fn add(&self, new: NewUser) -> Result<(), RepositoryError> {
        self.collections.users.insert_one(UserDocument::from(&new)).await.map_err(classify)?;
        Ok(())
    }

    async fn is_any(&self) -> Result<bool, RepositoryError> {
        exists(&self.collections.users, doc! {}).await.map_err(classify)
    }

    /// Claims the right to make the first account. Of several at once one gets it; one that died is replaced.
    async fn claim_first(&self, id: UserId) -> Result<bool, RepositoryError> {
        lease::take(&self.collections, FIRST_USER, oid(id.id()), ABANDONED_AFTER).await.map_err(classify)
    }

    /// Makes sure that nobody makes the first account at the same time; answers whether this took the claim.
    async fn forestall_first(&self, id: UserId) -> Result<bool, RepositoryError> {
        while !self.populated.load(Ordering::Relaxed) {
            if self.is_any().await? {
                self.populated.store(true, Ordering::Relaxed);
            } else if self.claim_first(id).await? {
                return Ok(true);
            } else {
                // Somebody is making it right now, or died while doing so.
                sleep(PAUSE).await;
            }
        }
        Ok(false)
    }

    /// Gives a claim back whose account was certainly not made, so that the next attempt needn't wait.
    async fn give_back(&self, id: UserId) {
        if let Err(error) = lease::give_back(&self.collections, FIRST_USER, oid(id.id())).await {
            debug!(cause = %error, "a claim stays until it is over");
        }
    }
}

#[async_trait]
impl UserRepository for MongoUserRepository {
    async fn insert(&self, new: NewUser) -> Result<(), RepositoryError> {
        let work = async {
            let id = new.user.id;
            let claimed = self.forestall_first(id).await?;
            let added = self.add(new).await;
            if claimed && matches!(added, Err(RepositoryError::Conflict(_))) {
                self.give_back(id).await;
            }
            added
        };
        self.collections.within(work).await
    }

    async fn insert_first(&self, new: NewUser) -> Result<bool, RepositoryError> {
        let id = new.user.id;
        let work = async {
            if self.is_any().await? || !self.claim_first(id).await? {
                return Ok(false);
            }
            if self.is_any().await? {
                return Ok(false);
            }
            let added = self.add(new).await;
            if matches!(added, Err(RepositoryError::Conflict(_))) {
                self.give_back(id).await;
            }
            added.map(|()| true)
        };
        self.collections.within(work).await
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, RepositoryError> {
        let work = async {
            let found = self.collections.users.find_one(doc! { "_id": oid(id.id()) }).await.map_err(classify)?;
            found.map(User::try_from).transpose()
        };
        self.collections.within(work).await
    }

    async fn find_credentials(&self, username: &Username) -> Result<Option<Credentials>, RepositoryError> {
        let work = async {
            let found = self.collections.users.find_one(doc! { "key": username.key() }).await.map_err(classify)?;
            found.map(Credentials::try_from).transpose()
        };
        self.collections.within(work).await
    }

    async fn any(&self) -> Result<bool, RepositoryError> {
        self.collections.within(self.is_any()).await
    }

    async fn list(&self, after: Option<Username>, size: PageSize) -> Result<Vec<User>, RepositoryError> {
        let work = async {
            let filter = after.map_or_else(Document::new, |name| doc! { "key": { "$gt": name.key() } });
            let find = self.collections.users.find(filter).sort(doc! { "key": 1 }).limit(limit(size));
            let documents: Vec<_> = find.await.map_err(classify)?.try_collect().await.map_err(classify)?;
            documents.into_iter().map(User::try_from).collect()
        };
        self.collections.within(work).await
    }

    async fn set_password_hash(&self, id: UserId, hash: PasswordHash) -> Result<bool, RepositoryError> {
        self.collections.within(self.update(id, doc! { "password_hash": hash.as_str() })).await
    }

    async fn set_privacy(&self, id: UserId, privacy: Privacy) -> Result<bool, RepositoryError> {
        self.collections.within(self.update(id, doc! { "privacy": write_privacy(privacy) })).await
    }

    async fn set_disabled(&self, id: UserId, disabled: bool) -> Result<bool, RepositoryError> {
        self.collections.within(self.update(id, doc! { "disabled": disabled })).await
    }
}

/// Gives a page size as the driver takes it.
pub(crate) fn limit(size: PageSize) -> i64 {
    i64::try_from(size.get()).unwrap_or(i64::MAX)
}
