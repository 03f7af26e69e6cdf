//! Rooms as lists show them: with heads, member counts and what the looker hasn't read.

use std::collections::HashMap;

use bson::oid::ObjectId;
use bson::{Document, doc};
use domain::model::{
    Membership, ReadState, Room, RoomAccess, RoomHead, RoomId, RoomOverview, RoomRev, RoomSeq, UserId,
};
use domain::port::RepositoryError;
use futures_util::TryStreamExt;
use serde::Deserialize;

use crate::collections::Collections;
use crate::document::{MembershipDocument, RoomDocument, id_of, membership_id};
use crate::error::{classify, corrupt};
use crate::unread::{self, Position};

/// What depends on other collections, for one room.
#[derive(Debug, Default, Deserialize)]
struct Numbers {
    #[serde(rename = "_id")]
    id: ObjectId,
    seq: Option<i64>,
    rev: Option<i64>,
    members: Option<i64>,
}

impl Numbers {
    fn head(&self) -> Result<RoomHead, RepositoryError> {
        Ok(RoomHead {
            seq: RoomSeq::from_i64(self.seq.unwrap_or(0)).ok_or_else(|| corrupt("seq"))?,
            rev: RoomRev::from_i64(self.rev.unwrap_or(0)).ok_or_else(|| corrupt("rev"))?,
        })
    }
}

/// Completes rooms with heads, member counts and the looker's memberships and read states, with a handful of queries
/// for all. Positions are read before heads, and heads before counts: see [`crate::unread`].
pub(crate) async fn overviews(
    collections: &Collections,
    rooms: Vec<RoomDocument>,
    user_id: UserId,
) -> Result<Vec<RoomOverview>, RepositoryError> {
    let ids: Vec<ObjectId> = rooms.iter().map(|room| room.id).collect();
    let mut memberships = memberships(collections, &ids, user_id).await?;
    let numbers = numbers(collections, &ids).await?;
    let position = |membership: &MembershipDocument| Position {
        room_id: membership.room_id,
        read_seq: membership.read_seq,
        head_seq: numbers.get(&membership.room_id).and_then(|numbers| numbers.seq).unwrap_or(0),
    };
    let positions: Vec<Position> = memberships.values().map(position).collect();
    let mut read_states: HashMap<ObjectId, ReadState> = unread::read_states(collections, user_id, &positions).await?;
    let complete = |room: RoomDocument| {
        let numbers = numbers.get(&room.id);
        Ok(RoomOverview {
            head: numbers.map(Numbers::head).transpose()?.unwrap_or_default(),
            member_count: numbers.and_then(|numbers| u64::try_from(numbers.members?).ok()).unwrap_or(0),
            read_state: read_states.remove(&room.id),
            access: RoomAccess {
                membership: memberships.remove(&room.id).map(Membership::try_from).transpose()?,
                room: Room::try_from(room)?,
            },
        })
    };
    rooms.into_iter().map(complete).collect()
}

async fn memberships(
    collections: &Collections,
    rooms: &[ObjectId],
    user_id: UserId,
) -> Result<HashMap<ObjectId, MembershipDocument>, RepositoryError> {
    let keys: Vec<_> = rooms.iter().map(|id| membership_id(RoomId::new(id_of(*id)), user_id)).collect();
    let find = collections.memberships.find(doc! { "_id": { "$in": keys } }).await.map_err(classify)?;
    let found: Vec<MembershipDocument> = find.try_collect().await.map_err(classify)?;
    Ok(found.into_iter().map(|membership| (membership.room_id, membership)).collect())
}

async fn numbers(collections: &Collections, rooms: &[ObjectId]) -> Result<HashMap<ObjectId, Numbers>, RepositoryError> {
    let aggregate = collections.rooms.aggregate(numbers_of(rooms)).with_type::<Numbers>();
    let found: Vec<Numbers> = aggregate.await.map_err(classify)?.try_collect().await.map_err(classify)?;
    Ok(found.into_iter().map(|found| (found.id, found)).collect())
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
