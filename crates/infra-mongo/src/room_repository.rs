//! Rooms in MongoDB.

use std::collections::HashMap;

use async_trait::async_trait;
use bson::oid::ObjectId;
use bson::{Document, doc};
use domain::model::{
    Membership, NewRoom, PageSize, Role, Room, RoomAccess, RoomHead, RoomId, RoomName, RoomOverview, RoomRef, RoomRev,
    RoomSeq, UserId,
};
use domain::port::{Constraint, RepositoryError, RoomRepository};
use futures_util::TryStreamExt;
use serde::Deserialize;

use crate::access_loader::AccessLoader;
use crate::collections::Collections;
use crate::document::{MembershipDocument, RoomDocument, id_of, membership_id, oid};
use crate::error::{classify, corrupt};
use crate::user_repository::limit;

/// Keeps rooms in MongoDB.
#[derive(Debug, Clone)]
pub struct MongoRoomRepository {
    collections: Collections,
    access: AccessLoader,
}

/// What depends on other collections, for one room.
#[derive(Debug, Deserialize)]
struct Numbers {
    #[serde(rename = "_id")]
    id: ObjectId,
    seq: Option<i64>,
    rev: Option<i64>,
    members: Option<i64>,
}

impl MongoRoomRepository {
    pub(crate) fn new(collections: Collections, access: AccessLoader) -> Self {
        Self { collections, access }
    }

    /// Completes rooms with heads, member counts and the looker's memberships, with two queries for all.
    async fn overviews(&self, rooms: Vec<RoomDocument>, user_id: UserId) -> Result<Vec<RoomOverview>, RepositoryError> {
        let ids: Vec<ObjectId> = rooms.iter().map(|room| room.id).collect();
        let keys: Vec<_> = ids.iter().map(|id| membership_id(RoomId::new(id_of(*id)), user_id)).collect();
        let memberships = async {
            let find = self.collections.memberships.find(doc! { "_id": { "$in": keys } }).await?;
            find.try_collect::<Vec<MembershipDocument>>().await
        };
        let numbers = async {
            let aggregate = self.collections.rooms.aggregate(numbers_of(&ids)).with_type::<Numbers>();
            aggregate.await?.try_collect::<Vec<Numbers>>().await
        };
        let (memberships, numbers) = tokio::try_join!(memberships, numbers).map_err(classify)?;
        let mut memberships: HashMap<_, _> = memberships.into_iter().map(|found| (found.room_id, found)).collect();
        let numbers: HashMap<_, _> = numbers.into_iter().map(|found| (found.id, found)).collect();
        let complete = |room: RoomDocument| {
            let membership = memberships.remove(&room.id).map(Membership::try_from).transpose()?;
            let numbers = numbers.get(&room.id);
            let seq = numbers.and_then(|numbers| numbers.seq).unwrap_or(0);
            let rev = numbers.and_then(|numbers| numbers.rev).unwrap_or(0);
            let members = numbers.and_then(|numbers| numbers.members).unwrap_or(0);
            Ok(RoomOverview {
                access: RoomAccess { room: Room::try_from(room)?, membership },
                head: RoomHead {
                    seq: RoomSeq::from_i64(seq).ok_or_else(|| corrupt("seq"))?,
                    rev: RoomRev::from_i64(rev).ok_or_else(|| corrupt("rev"))?,
                },
                member_count: u64::try_from(members).unwrap_or(0),
            })
        };
        rooms.into_iter().map(complete).collect()
    }

    async fn find_document(&self, room: &RoomRef) -> Result<Option<RoomDocument>, RepositoryError> {
        let filter = match room {
            RoomRef::Id(id) => doc! { "_id": oid(id.id()) },
            RoomRef::Name(name) => doc! { "name": name.as_str() },
        };
        self.collections.rooms.find_one(filter).await.map_err(classify)
    }
}

/// Looks up the last numbers and counts members, by index, for the rooms of one page.
fn numbers_of(ids: &[ObjectId]) -> Vec<Document> {
    let newest = |field: &str| {
        doc! { "$lookup": {
            "from": "messages", "localField": "_id", "foreignField": "room_id", "as": field,
            "pipeline": [
                { "$sort": { field: -1 } }, { "$limit": 1 }, { "$project": { "_id": 0, field: 1 } },
            ],
        } }
    };
    let members = doc! { "$lookup": {
        "from": "memberships", "localField": "_id", "foreignField": "room_id", "as": "members",
        "pipeline": [{ "$count": "count" }],
    } };
    vec![
        doc! { "$match": { "_id": { "$in": ids } } },
        newest("seq"),
        newest("rev"),
        members,
        doc! { "$project": {
            // Numbers stay used when the messages that had them are no longer there.
            "seq": { "$max": [{ "$first": "$seq.seq" }, "$seq_floor"] },
            "rev": { "$max": [{ "$first": "$rev.rev" }, "$rev_floor"] },
            "members": { "$toLong": { "$first": "$members.count" } },
        } },
    ]
}

#[async_trait]
impl RoomRepository for MongoRoomRepository {
    async fn insert(&self, new: NewRoom) -> Result<(), RepositoryError> {
        let work = async {
            // The owner first: a room is never seen without one, and a membership without a room means nothing.
            let owner = Membership {
                room_id: new.room.id,
                user_id: new.owner,
                role: Role::Owner,
                joined_at: new.room.created_at,
            };
            if self.find_document(&RoomRef::Id(new.room.id)).await?.is_some() {
                return Err(RepositoryError::Conflict(Constraint::IdUnique));
            }
            let document = MembershipDocument::from(&owner);
            let key = doc! { "_id": document.id.clone() };
            self.collections.memberships.insert_one(document).await.map_err(classify)?;
            let inserted = self.collections.rooms.insert_one(RoomDocument::from(&new.room)).await.map_err(classify);
            if matches!(inserted, Err(RepositoryError::Conflict(_))) {
                let _ = self.collections.memberships.delete_one(key).await;
            }
            inserted.map(|_| ())
        };
        self.collections.within(work).await
    }

    async fn find(&self, room: &RoomRef) -> Result<Option<Room>, RepositoryError> {
        let work = async { self.find_document(room).await?.map(Room::try_from).transpose() };
        self.collections.within(work).await
    }

    async fn access(&self, room: &RoomRef, user_id: UserId) -> Result<Option<RoomAccess>, RepositoryError> {
        self.access.load(room.clone(), user_id).await
    }

    async fn overview(&self, room: &RoomRef, user_id: UserId) -> Result<Option<RoomOverview>, RepositoryError> {
        let work = async {
            let Some(document) = self.find_document(room).await? else {
                return Ok(None);
            };
            Ok(self.overviews(vec![document], user_id).await?.pop())
        };
        self.collections.within(work).await
    }

    async fn list_of(
        &self,
        user_id: UserId,
        after: Option<RoomId>,
        size: PageSize,
    ) -> Result<Vec<RoomOverview>, RepositoryError> {
        let work = async {
            let mut filter = doc! { "user_id": oid(user_id.id()) };
            if let Some(after) = after {
                filter.insert("room_id", doc! { "$gt": oid(after.id()) });
            }
            let pipeline = vec![
                doc! { "$match": filter },
                doc! { "$sort": { "room_id": 1 } },
                doc! { "$lookup": { "from": "rooms", "localField": "room_id", "foreignField": "_id", "as": "room" } },
                // A membership whose room was never made is left out before the page is cut.
                doc! { "$match": { "room.0": { "$exists": true } } },
                doc! { "$limit": limit(size) },
                doc! { "$replaceRoot": { "newRoot": { "$first": "$room" } } },
            ];
            let aggregate = self.collections.memberships.aggregate(pipeline).with_type::<RoomDocument>();
            let rooms = aggregate.await.map_err(classify)?.try_collect().await.map_err(classify)?;
            self.overviews(rooms, user_id).await
        };
        self.collections.within(work).await
    }

    async fn directory(
        &self,
        user_id: UserId,
        query: &str,
        after: Option<RoomName>,
        size: PageSize,
    ) -> Result<Vec<RoomOverview>, RepositoryError> {
        let work = async {
            let mut name = doc! { "$exists": true };
            if let Some(after) = after {
                name.insert("$gt", after.as_str());
            }
            let mut filter = doc! {
                "name": name,
                "kind": { "$in": ["public", "announce"] },
                "archived_at": { "$exists": false },
            };
            if !query.is_empty() {
                // Byte positions of a text, not a pattern: whatever is in it is looked for as it is.
                let query = query.to_lowercase();
                filter.insert("$expr", doc! { "$gte": [{ "$indexOfBytes": ["$name", { "$literal": query }] }, 0] });
            }
            let find = self.collections.rooms.find(filter).sort(doc! { "name": 1 }).limit(limit(size));
            let rooms = find.await.map_err(classify)?.try_collect().await.map_err(classify)?;
            self.overviews(rooms, user_id).await
        };
        self.collections.within(work).await
    }
}
