//! Rooms in MongoDB.

use async_trait::async_trait;
use bson::doc;
use domain::model::{
    EditWindow, Membership, NewRoom, PageSize, Role, Room, RoomAccess, RoomId, RoomName, RoomOverview, RoomRef,
    RoomSeq, UserId,
};
use domain::port::{Constraint, RepositoryError, RoomRepository};
use futures_util::TryStreamExt;

use crate::access_loader::AccessLoader;
use crate::collections::Collections;
use crate::document::{MembershipDocument, RoomDocument, oid, write_edit_window};
use crate::error::classify;
use crate::overview::overviews;
use crate::user_repository::limit;

/// Keeps rooms in MongoDB.
#[derive(Debug, Clone)]
pub struct MongoRoomRepository {
    collections: Collections,
    access: AccessLoader,
}

impl MongoRoomRepository {
    pub(crate) fn new(collections: Collections, access: AccessLoader) -> Self {
        Self { collections, access }
    }

    async fn find_document(&self, room: &RoomRef) -> Result<Option<RoomDocument>, RepositoryError> {
        let filter = match room {
            RoomRef::Id(id) => doc! { "_id": oid(id.id()) },
            RoomRef::Name(name) => doc! { "name": name.as_str() },
        };
        self.collections.rooms.find_one(filter).await.map_err(classify)
    }
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
            let document = MembershipDocument::new(&owner, RoomSeq::ZERO);
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
            Ok(overviews(&self.collections, vec![document], user_id).await?.pop())
        };
        self.collections.within(work).await
    }

    async fn set_edit_window(&self, room_id: RoomId, window: Option<EditWindow>) -> Result<bool, RepositoryError> {
        let work = async {
            let change = if let Some(window) = window {
                doc! { "$set": { "edit_window": write_edit_window(window) } }
            } else {
                doc! { "$unset": { "edit_window": "" } }
            };
            let update = self.collections.rooms.update_one(doc! { "_id": oid(room_id.id()) }, change);
            Ok(update.await.map_err(classify)?.matched_count == 1)
        };
        let found = self.collections.within(work).await;
        // Other nodes remember a room for a fraction of a second; this one mustn't, even if no answer came.
        self.access.forget();
        found
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
            overviews(&self.collections, rooms, user_id).await
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
            overviews(&self.collections, rooms, user_id).await
        };
        self.collections.within(work).await
    }
}
