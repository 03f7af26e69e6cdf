//! Counts what members haven't read, by index, for many rooms at once.
//!
//! Who reads asks in this order: position, head, counts. Up to the head that was read nobody's authorship changes any
//! more, and a deletion is for ever, so the numbers are exact for the messages up to that head: none is negative, none
//! counts what was deleted before the call, and there are never more mentions than unread messages.

use std::collections::HashMap;

use bson::oid::ObjectId;
use bson::{Bson, DateTime, Document, doc};
use domain::model::{MessageKind, ReadState, RoomSeq, UserId};
use domain::port::RepositoryError;
use futures_util::TryStreamExt;
use futures_util::future::try_join_all;
use mongodb::options::Hint;
use serde::Deserialize;

use crate::collections::Collections;
use crate::document::{HERE, ROOM, oid};
use crate::error::{classify, corrupt};
use crate::head::newest;

/// How far a member has read in a room, and how far there is to read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Position {
    pub(crate) room_id: ObjectId,
    pub(crate) read_seq: i64,
    /// Read no earlier than the position.
    pub(crate) head_seq: i64,
}

/// For how many rooms it isn't worth looking first which of them have anything to count.
const FEW: usize = 8;

#[derive(Debug, Deserialize)]
struct Count {
    #[serde(rename = "_id")]
    room_id: ObjectId,
    count: i64,
}

type Counts = HashMap<ObjectId, i64>;

/// Messages of which each room usually has few, by an index that finds them.
struct Sort {
    /// The index, by name.
    index: &'static str,
    /// What finds them; each of these alone.
    any: Vec<Document>,
    /// All of what is to be counted.
    counted: Document,
}

/// Gives what a user's positions leave, by room. A handful of queries, however many rooms; none for rooms that are
/// read.
pub(crate) async fn read_states(
    collections: &Collections,
    user_id: UserId,
    positions: &[Position],
) -> Result<HashMap<ObjectId, ReadState>, RepositoryError> {
    let behind: Vec<Position> = positions.iter().filter(|place| place.read_seq < place.head_seq).copied().collect();
    let user = oid(user_id.id());
    let count = async |sort: Sort| count(collections, &behind, sort).await;
    let (own, tombstones, system) =
        tokio::try_join!(count(own(user)), count(tombstones(user)), count(system(user))).map_err(classify)?;
    // After the tombstones: what is deleted in between is unread still and no mention any more, not the reverse.
    let mentions = count(mentions(user)).await.map_err(classify)?;
    let of = |counts: &Counts, place: &Position| counts.get(&place.room_id).copied().unwrap_or(0);
    let state = |place: &Position| {
        let uncounted = of(&own, place) + of(&tombstones, place) + of(&system, place);
        let unread = (place.head_seq - place.read_seq).max(0) - uncounted;
        let state = ReadState {
            read_seq: RoomSeq::from_i64(place.read_seq).ok_or_else(|| corrupt("read position"))?,
            unread: u64::try_from(unread).unwrap_or(0),
            mentions: u64::try_from(of(&mentions, place)).unwrap_or(0),
        };
        Ok((place.room_id, state))
    };
    positions.iter().map(state).collect()
}

/// What the user wrote, deleted or not.
fn own(user: ObjectId) -> Sort {
    let own = doc! { "author_id": user };
    Sort { index: "author", any: vec![own.clone()], counted: own }
}

/// What others wrote and was deleted.
fn tombstones(user: ObjectId) -> Sort {
    // Any time at all; said so, the index alone can tell.
    let deleted = doc! { "deleted_at": { "$gte": DateTime::MIN } };
    let mut counted = deleted.clone();
    counted.extend(written_by_others(user));
    Sort { index: "tombstones", any: vec![deleted], counted }
}

/// What the server said, deleted or not.
fn system(user: ObjectId) -> Sort {
    let system = doc! { "kind": MessageKind::System.as_str() };
    let mut counted = system.clone();
    counted.insert("author_id", doc! { "$ne": user });
    Sort { index: "kind", any: vec![system], counted }
}

/// Where others call the user.
fn mentions(user: ObjectId) -> Sort {
    let targets = vec![Bson::from(user), ROOM.into(), HERE.into()];
    let any = targets.iter().map(|target| doc! { "mentions": target.clone() }).collect();
    let mut counted = doc! { "mentions": { "$in": targets } };
    counted.extend(written_by_others(user));
    Sort { index: "mentions", any, counted }
}

fn written_by_others(user: ObjectId) -> Document {
    doc! { "author_id": { "$ne": user }, "kind": { "$ne": MessageKind::System.as_str() } }
}

/// Counts messages of one sort in what is unread of each room.
async fn count(collections: &Collections, behind: &[Position], sort: Sort) -> mongodb::error::Result<Counts> {
    let mut behind = behind.to_vec();
    if behind.len() > FEW {
        // One step along the index for each room, rather than a range for each.
        let rooms: Vec<ObjectId> = behind.iter().map(|place| place.room_id).collect();
        let newest = sort.any.iter().map(|any| newest(collections, sort.index, &rooms, "seq", any));
        let newest = try_join_all(newest).await?;
        let after =
            |place: &Position, seq: &HashMap<_, _>| seq.get(&place.room_id).is_some_and(|seq| *seq > place.read_seq);
        behind.retain(|place| newest.iter().any(|seq| after(place, seq)));
    }
    if behind.is_empty() {
        return Ok(Counts::new());
    }
    let unread = |place: &Position| {
        let mut filter = doc! { "room_id": place.room_id, "seq": { "$gt": place.read_seq, "$lte": place.head_seq } };
        filter.extend(sort.counted.clone());
        filter
    };
    let unread: Vec<Document> = behind.iter().map(unread).collect();
    let pipeline =
        [doc! { "$match": { "$or": unread } }, doc! { "$group": { "_id": "$room_id", "count": { "$sum": 1_i64 } } }];
    let aggregate = collections.messages.aggregate(pipeline).hint(Hint::Name(sort.index.to_owned()));
    let counts: Vec<Count> = aggregate.with_type::<Count>().await?.try_collect().await?;
    Ok(counts.into_iter().map(|found| (found.room_id, found.count)).collect())
}
