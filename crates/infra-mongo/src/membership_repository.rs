//! Who belongs to which room, in MongoDB.

use async_trait::async_trait;
use bson::doc;
use bson::oid::ObjectId;
use domain::model::{Member, Membership, PageSize, RoomId, User, UserId, Username};
use domain::port::{Constraint, Joined, MembershipRepository, RepositoryError};
use futures_util::TryStreamExt;
use serde::Deserialize;

use crate::batcher::Batcher;
use crate::collections::{Collections, exists};
use crate::document::{MembershipDocument, UserDocument, id_of, membership_id, oid};
use crate::error::{classify, violated_index};
use crate::head;
use crate::user_repository::limit;

/// Keeps memberships in MongoDB.
#[derive(Debug, Clone)]
pub struct MongoMembershipRepository {
    collections: Collections,
    batcher: Batcher,
}

/// A membership with the account it is of.
#[derive(Debug, Deserialize)]
struct WithUser {
    #[serde(flatten)]
    membership: MembershipDocument,
    user: UserDocument,
}

/// An account that was looked up by name.
#[derive(Debug, Deserialize)]
struct Named {
    #[serde(rename = "_id")]
    id: ObjectId,
}

impl MongoMembershipRepository {
    pub(crate) fn new(collections: Collections, batcher: Batcher) -> Self {
        Self { collections, batcher }
    }

    async fn check_reference(&self, membership: &Membership) -> Result<(), RepositoryError> {
        let room = exists(&self.collections.rooms, doc! { "_id": oid(membership.room_id.id()) });
        let user = exists(&self.collections.users, doc! { "_id": oid(membership.user_id.id()) });
        match tokio::try_join!(room, user).map_err(classify)? {
            (true, true) => Ok(()),
            _ => Err(RepositoryError::Conflict(Constraint::Reference)),
        }
    }

    async fn find(&self, room_id: RoomId, user_id: UserId) -> Result<Option<Membership>, RepositoryError> {
        let key = doc! { "_id": membership_id(room_id, user_id) };
        let found = self.collections.memberships.find_one(key).await.map_err(classify)?;
        found.map(Membership::try_from).transpose()
    }
}

#[async_trait]
impl MembershipRepository for MongoMembershipRepository {
    async fn join(&self, membership: Membership) -> Result<Joined, RepositoryError> {
        let work = async {
            // The head first: what is said in between is unread, rather than read by somebody who wasn't there.
            let head = head::read(&self.collections, membership.room_id);
            let ((), head) = tokio::try_join!(self.check_reference(&membership), head)?;
            loop {
                let document = MembershipDocument::new(&membership, head.seq);
                match self.collections.memberships.insert_one(document).await {
                    Ok(_) => return Ok(Joined { membership, new: true }),
                    Err(error) if violated_index(&error).is_some() => {}
                    Err(error) => return Err(classify(error)),
                }
                // Gone again, if somebody left in between: then there is room for a new one.
                if let Some(membership) = self.find(membership.room_id, membership.user_id).await? {
                    return Ok(Joined { membership, new: false });
                }
            }
        };
        self.collections.within(work).await
    }

    /// Other nodes check memberships a moment before each batch they write, so a message that another node was
    /// sending then may still arrive: within a fraction of a second, at most within the limit of one call.
    async fn leave(&self, room_id: RoomId, user_id: UserId) -> Result<bool, RepositoryError> {
        let key = doc! { "_id": membership_id(room_id, user_id) };
        let delete = async { self.collections.memberships.delete_one(key).await.map_err(classify) };
        let deleted = self.collections.within(delete).await?.deleted_count == 1;
        // A batch of this node that was checked before the deletion is on its way: wait for it.
        self.batcher.settle(room_id).await?;
        Ok(deleted)
    }

    async fn find_named(&self, room_id: RoomId, names: &[Username]) -> Result<Vec<UserId>, RepositoryError> {
        let work = async {
            let keys: Vec<String> = names.iter().map(Username::key).collect();
            let users = self.collections.users.clone_with_type::<Named>();
            let find = users.find(doc! { "key": { "$in": keys } }).projection(doc! { "_id": 1 });
            let users: Vec<Named> = find.await.map_err(classify)?.try_collect().await.map_err(classify)?;
            let member = |user: &Named| membership_id(room_id, UserId::new(id_of(user.id)));
            let keys: Vec<_> = users.iter().map(member).collect();
            let find = self.collections.memberships.find(doc! { "_id": { "$in": keys } }).sort(doc! { "_id": 1 });
            let found: Vec<_> = find.await.map_err(classify)?.try_collect().await.map_err(classify)?;
            Ok(found.into_iter().map(|membership| UserId::new(id_of(membership.user_id))).collect())
        };
        self.collections.within(work).await
    }

    async fn list(
        &self,
        room_id: RoomId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Vec<Member>, RepositoryError> {
        let work = async {
            let mut filter = doc! { "room_id": oid(room_id.id()) };
            if let Some(after) = after {
                filter.insert("user_id", doc! { "$gt": oid(after.id()) });
            }
            let pipeline = vec![
                doc! { "$match": filter },
                doc! { "$sort": { "user_id": 1 } },
                doc! { "$limit": limit(size) },
                doc! { "$lookup": { "from": "users", "localField": "user_id", "foreignField": "_id", "as": "user" } },
                doc! { "$unwind": "$user" },
            ];
            let aggregate = self.collections.memberships.aggregate(pipeline).with_type::<WithUser>();
            let found: Vec<WithUser> = aggregate.await.map_err(classify)?.try_collect().await.map_err(classify)?;
            let member = |WithUser { membership, user }: WithUser| {
                let membership = Membership::try_from(membership)?;
                let user = User::try_from(user)?;
                Ok(Member {
                    user_id: user.id,
                    username: user.username,
                    role: membership.role,
                    joined_at: membership.joined_at,
                })
            };
            found.into_iter().map(member).collect()
        };
        self.collections.within(work).await
    }
}
