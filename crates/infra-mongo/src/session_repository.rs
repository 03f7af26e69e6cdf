//! Log-ins in MongoDB.

use async_trait::async_trait;
use bson::doc;
use domain::model::{NewSession, Session, SessionId, SessionUser, UserId};
use domain::port::{Constraint, RepositoryError, Rotation, RotationRequest, SessionRepository};
use futures_util::TryStreamExt;
use mongodb::options::ReturnDocument;

use crate::collections::Collections;
use crate::document::{SessionDocument, binary, from_time, oid};
use crate::error::classify;

/// How many exchanged tokens of a session are recognised as used before; older ones are just unknown.
const SUPERSEDED: i32 = 100;

/// Keeps log-ins in MongoDB.
#[derive(Debug, Clone)]
pub struct MongoSessionRepository {
    collections: Collections,
}

impl MongoSessionRepository {
    pub(crate) fn new(collections: Collections) -> Self {
        Self { collections }
    }

    async fn with_user(&self, session: SessionDocument) -> Result<Option<SessionUser>, RepositoryError> {
        let user = self.collections.users.find_one(doc! { "_id": session.user_id }).await.map_err(classify)?;
        let user = user.map(domain::model::User::try_from).transpose()?;
        Ok(user.map(|user| SessionUser { session: session.into(), user }))
    }
}

#[async_trait]
impl SessionRepository for MongoSessionRepository {
    async fn insert(&self, new: NewSession) -> Result<(), RepositoryError> {
        let work = async {
            let user = doc! { "_id": oid(new.session.user_id.id()) };
            if self.collections.users.find_one(user).await.map_err(classify)?.is_none() {
                return Err(RepositoryError::Conflict(Constraint::Reference));
            }
            self.collections.sessions.insert_one(SessionDocument::from(&new)).await.map_err(classify)?;
            Ok(())
        };
        self.collections.within(work).await
    }

    async fn find(&self, id: SessionId) -> Result<Option<SessionUser>, RepositoryError> {
        let work = async {
            match self.collections.sessions.find_one(doc! { "_id": oid(id.id()) }).await.map_err(classify)? {
                Some(session) => self.with_user(session).await,
                None => Ok(None),
            }
        };
        self.collections.within(work).await
    }

    async fn list(&self, user_id: UserId) -> Result<Vec<Session>, RepositoryError> {
        let work = async {
            let filter = doc! { "user_id": oid(user_id.id()) };
            let find = self.collections.sessions.find(filter).sort(doc! { "created_at": -1, "_id": -1 });
            let documents: Vec<_> = find.await.map_err(classify)?.try_collect().await.map_err(classify)?;
            Ok(documents.into_iter().map(Session::from).collect())
        };
        self.collections.within(work).await
    }

    async fn rotate(&self, request: RotationRequest) -> Result<Rotation, RepositoryError> {
        let work = async {
            let presented = binary(&request.presented);
            let now = from_time(request.now);
            let filter = doc! { "current": presented.clone(), "expires_at": { "$gt": now } };
            let change = doc! {
                "$set": {
                    "current": binary(&request.successor),
                    "refreshed_at": now,
                    "expires_at": from_time(request.expires_at),
                },
                "$push": { "superseded": { "$each": [presented.clone()], "$slice": -SUPERSEDED } },
            };
            let exchange = self.collections.sessions.find_one_and_update(filter, change);
            let exchanged = exchange.return_document(ReturnDocument::After).await.map_err(classify)?;
            if let Some(session) = exchanged {
                return Ok(self.with_user(session).await?.map_or(Rotation::Unknown, Rotation::Rotated));
            }
            let filter = doc! { "superseded": presented, "expires_at": { "$gt": now } };
            let ended = self.collections.sessions.find_one_and_delete(filter).await.map_err(classify)?;
            Ok(ended.map_or(Rotation::Unknown, |session| Rotation::Reused(session.into())))
        };
        self.collections.within(work).await
    }

    async fn revoke(&self, user_id: UserId, id: SessionId) -> Result<bool, RepositoryError> {
        let work = async {
            let filter = doc! { "_id": oid(id.id()), "user_id": oid(user_id.id()) };
            let deleted = self.collections.sessions.delete_one(filter).await.map_err(classify)?;
            Ok(deleted.deleted_count == 1)
        };
        self.collections.within(work).await
    }

    async fn revoke_all(&self, user_id: UserId, except: Option<SessionId>) -> Result<u64, RepositoryError> {
        let work = async {
            let mut filter = doc! { "user_id": oid(user_id.id()) };
            if let Some(except) = except {
                filter.insert("_id", doc! { "$ne": oid(except.id()) });
            }
            Ok(self.collections.sessions.delete_many(filter).await.map_err(classify)?.deleted_count)
        };
        self.collections.within(work).await
    }
}
