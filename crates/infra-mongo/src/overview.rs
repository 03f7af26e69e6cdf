//! Rooms as lists show them: with heads, member counts and what the looker hasn't read.

use std::collections::HashMap;

use bson::doc;
use bson::oid::ObjectId;
use domain::model::{Membership, Room, RoomAccess, RoomHead, RoomId, RoomOverview, RoomRev, RoomSeq, UserId};
use domain::port::RepositoryError;
use futures_util::TryStreamExt;
use mongodb::error::Error;
use mongodb::options::Hint;
use serde::Deserialize;

use crate::collections::Collections;
use crate::document::{MembershipDocument, RoomDocument, id_of, membership_id};
use crate::error::{classify, corrupt};
use crate::head::newest;
use crate::unread::{self, Position};

/// What depends on other collections, by room.
#[derive(Debug)]
struct Numbers {
    seqs: HashMap<ObjectId, i64>,
    revs: HashMap<ObjectId, i64>,
    members: HashMap<ObjectId, i64>,
}

#[derive(Debug, Deserialize)]
struct Members {
    #[serde(rename = "_id")]
    room_id: ObjectId,
    count: i64,
}

impl Numbers {
    /// Gives a room's last numbers. They stay used when the messages that had them are no longer there.
    fn head(&self, room: &RoomDocument) -> Result<RoomHead, RepositoryError> {
        let number = |newest: &HashMap<_, _>, floor: Option<i64>| newest.get(&room.id).copied().max(floor).unwrap_or(0);
        Ok(RoomHead {
            seq: RoomSeq::from_i64(number(&self.seqs, room.seq_floor)).ok_or_else(|| corrupt("seq"))?,
            rev: RoomRev::from_i64(number(&self.revs, room.rev_floor)).ok_or_else(|| corrupt("rev"))?,
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
        head_seq: numbers.seqs.get(&membership.room_id).copied().unwrap_or(0),
    };
    let positions: Vec<Position> = memberships.values().map(position).collect();
    let mut read_states = unread::read_states(collections, user_id, &positions).await?;
    let complete = |room: RoomDocument| {
        let members = numbers.members.get(&room.id).copied().unwrap_or(0);
        Ok(RoomOverview {
            head: numbers.head(&room)?,
            member_count: u64::try_from(members).unwrap_or(0),
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

/// Reads the last numbers and counts members, by index.
async fn numbers(collections: &Collections, rooms: &[ObjectId]) -> Result<Numbers, RepositoryError> {
    let any = doc! {};
    let seqs = newest(collections, "room_seq", rooms, "seq", &any);
    let revs = newest(collections, "room_rev", rooms, "rev", &any);
    let (seqs, revs, members) = tokio::try_join!(seqs, revs, members(collections, rooms)).map_err(classify)?;
    Ok(Numbers { seqs, revs, members })
}

async fn members(collections: &Collections, rooms: &[ObjectId]) -> Result<HashMap<ObjectId, i64>, Error> {
    let pipeline = [
        doc! { "$match": { "room_id": { "$in": rooms } } },
        doc! { "$group": { "_id": "$room_id", "count": { "$sum": 1_i64 } } },
    ];
    let aggregate = collections.memberships.aggregate(pipeline).hint(Hint::Name("room".to_owned()));
    let found: Vec<Members> = aggregate.with_type::<Members>().await?.try_collect().await?;
    Ok(found.into_iter().map(|members| (members.room_id, members.count)).collect())
}
