//! The last numbers of a room's timeline.

use std::collections::HashMap;

use bson::oid::ObjectId;
use bson::{Document, doc};
use domain::model::{RoomHead, RoomId, RoomRev, RoomSeq};
use domain::port::RepositoryError;
use futures_util::TryStreamExt;
use mongodb::error::Error;
use mongodb::options::{Hint, ReadConcern};
use serde::Deserialize;

use crate::collections::Collections;
use crate::document::oid;
use crate::error::{classify, corrupt};

#[derive(Debug, Deserialize)]
struct Part {
    seq: Option<i64>,
    rev: Option<i64>,
}

/// Reads the last numbers that are durable.
pub(crate) async fn read(collections: &Collections, room_id: RoomId) -> Result<RoomHead, RepositoryError> {
    let parts = collections.messages.aggregate(pipeline(room_id)).with_type::<Part>();
    let parts: Vec<Part> = parts.await.map_err(classify)?.try_collect().await.map_err(classify)?;
    add_up(&parts)
}

/// Reads the last numbers that were given out, and waits until they are durable: to be used where another node got
/// ahead. A number must never be built on one that a change of the primary could still take back.
pub(crate) async fn settle(collections: &Collections, room_id: RoomId) -> Result<RoomHead, RepositoryError> {
    let client = collections.database.client();
    let mut session = client.start_session().causal_consistency(true).await.map_err(classify)?;
    let mut parts = Vec::new();
    // A majority read in the session of the local read waits for the moment of the latter.
    for concern in [ReadConcern::local(), ReadConcern::majority()] {
        let aggregate = collections.messages.aggregate(pipeline(room_id)).read_concern(concern);
        let mut found = aggregate.with_type::<Part>().session(&mut session).await.map_err(classify)?;
        parts = found.stream(&mut session).try_collect().await.map_err(classify)?;
    }
    add_up(&parts)
}

#[derive(Debug, Deserialize)]
struct Newest {
    #[serde(rename = "_id")]
    room_id: ObjectId,
    number: i64,
}

/// Gives the greatest number of that name (`seq` or `rev`) among the messages of each room that `matching` finds. With an
/// index on room, what is matched by equality, and number, it takes one step along it for each room.
pub(crate) async fn newest(
    collections: &Collections,
    index: &str,
    rooms: &[ObjectId],
    number: &str,
    matching: &Document,
) -> Result<HashMap<ObjectId, i64>, Error> {
    let mut filter = doc! { "room_id": { "$in": rooms } };
    filter.extend(matching.clone());
    // In this order and with nothing but the first of each group, the server reads nothing else.
    let pipeline = [
        doc! { "$match": filter },
        doc! { "$sort": { "room_id": -1, number: -1 } },
        doc! { "$group": { "_id": "$room_id", "number": { "$first": format!("${number}") } } },
    ];
    let aggregate = collections.messages.aggregate(pipeline).hint(Hint::Name(index.to_owned()));
    let found: Vec<Newest> = aggregate.with_type::<Newest>().await?.try_collect().await?;
    Ok(found.into_iter().map(|newest| (newest.room_id, newest.number)).collect())
}

/// Takes the newest message by each number, by index, and the floor under which numbers were used by messages that
/// are no longer there.
fn pipeline(room_id: RoomId) -> Vec<Document> {
    let room_id = oid(room_id.id());
    let newest = |number: &str| {
        [
            doc! { "$match": { "room_id": room_id } },
            doc! { "$sort": { number: -1 } },
            doc! { "$limit": 1 },
            doc! { "$project": { "_id": 0, number: 1 } },
        ]
    };
    let floor = [
        doc! { "$match": { "_id": room_id } },
        doc! { "$project": { "_id": 0, "seq": "$seq_floor", "rev": "$rev_floor" } },
    ];
    let mut stages = newest("seq").to_vec();
    stages.push(doc! { "$unionWith": { "coll": "messages", "pipeline": newest("rev").to_vec() } });
    stages.push(doc! { "$unionWith": { "coll": "rooms", "pipeline": floor.to_vec() } });
    stages
}

fn add_up(parts: &[Part]) -> Result<RoomHead, RepositoryError> {
    let seq = parts.iter().filter_map(|part| part.seq).max().unwrap_or(0);
    let rev = parts.iter().filter_map(|part| part.rev).max().unwrap_or(0);
    Ok(RoomHead {
        seq: RoomSeq::from_i64(seq).ok_or_else(|| corrupt("seq"))?,
        rev: RoomRev::from_i64(rev).ok_or_else(|| corrupt("rev"))?,
    })
}
