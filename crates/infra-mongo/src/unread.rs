//! Counts what members haven't read, by index, for many rooms at once.
//!
//! Who reads asks in this order: position, head, counts. Up to the head that was read nobody's authorship changes any
//! more, and a deletion is for ever, so the numbers are exact for the messages up to that head: none is negative, none
//! counts what was deleted before the call, and there are never more mentions than unread messages.

use std::collections::HashMap;

use bson::oid::ObjectId;
use bson::{Bson, Document, doc};
use domain::model::{MessageKind, ReadState, RoomSeq, UserId};
use domain::port::RepositoryError;
use futures_util::TryStreamExt;
use mongodb::options::Hint;
use serde::Deserialize;

use crate::collections::Collections;
use crate::document::{HERE, ROOM, oid};
use crate::error::{classify, corrupt};

/// How far a member has read in a room, and how far there is to read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Position {
    pub(crate) room_id: ObjectId,
    pub(crate) read_seq: i64,
    /// Read no earlier than the position.
    pub(crate) head_seq: i64,
}

#[derive(Debug, Deserialize)]
struct Count {
    #[serde(rename = "_id")]
    room_id: ObjectId,
    count: i64,
}

type Counts = HashMap<ObjectId, i64>;

/// Gives what a user's positions leave, by room. Two rounds of queries, however many rooms; none for rooms that are
/// read.
pub(crate) async fn read_states(
    collections: &Collections,
    user_id: UserId,
    positions: &[Position],
) -> Result<HashMap<ObjectId, ReadState>, RepositoryError> {
    let behind: Vec<Position> = positions.iter().filter(|place| place.read_seq < place.head_seq).copied().collect();
    let counter = Counter { collections, user: oid(user_id.id()), behind };
    let (own, tombstones, system) =
        tokio::try_join!(counter.own(), counter.tombstones(), counter.system()).map_err(classify)?;
    // After the tombstones: what is deleted in between is unread still and no mention any more, not the reverse.
    let mentions = counter.mentions().await.map_err(classify)?;
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

struct Counter<'a> {
    collections: &'a Collections,
    user: ObjectId,
    behind: Vec<Position>,
}

impl Counter<'_> {
    /// Counts what the user wrote, deleted or not.
    async fn own(&self) -> mongodb::error::Result<Counts> {
        self.count("author", &doc! { "author_id": self.user }).await
    }

    /// Counts what others wrote and was deleted.
    async fn tombstones(&self) -> mongodb::error::Result<Counts> {
        let filter = doc! {
            "author_id": { "$ne": self.user },
            "kind": { "$ne": MessageKind::System.as_str() },
            "deleted_at": { "$exists": true },
        };
        self.count("tombstones", &filter).await
    }

    /// Counts what the server said, deleted or not.
    async fn system(&self) -> mongodb::error::Result<Counts> {
        let filter = doc! { "kind": MessageKind::System.as_str(), "author_id": { "$ne": self.user } };
        self.count("kind", &filter).await
    }

    /// Counts where others call the user.
    async fn mentions(&self) -> mongodb::error::Result<Counts> {
        let targets = [Bson::from(self.user), ROOM.into(), HERE.into()];
        let filter = doc! {
            "mentions": { "$in": targets.to_vec() },
            "author_id": { "$ne": self.user },
            "kind": { "$ne": MessageKind::System.as_str() },
        };
        self.count("mentions", &filter).await
    }

    /// Counts the messages of that kind in what is unread of each room, by the index of that name.
    async fn count(&self, index: &str, kind: &Document) -> mongodb::error::Result<Counts> {
        if self.behind.is_empty() {
            return Ok(Counts::new());
        }
        let unread = |place: &Position| {
            let mut filter = doc! {
                "room_id": place.room_id,
                "seq": { "$gt": place.read_seq, "$lte": place.head_seq },
            };
            filter.extend(kind.clone());
            filter
        };
        let unread: Vec<Document> = self.behind.iter().map(unread).collect();
        let pipeline = [
            doc! { "$match": { "$or": unread } },
            doc! { "$group": { "_id": "$room_id", "count": { "$sum": 1_i64 } } },
        ];
        let aggregate = self.collections.messages.aggregate(pipeline).hint(Hint::Name(index.to_owned()));
        let counts: Vec<Count> = aggregate.with_type::<Count>().await?.try_collect().await?;
        Ok(counts.into_iter().map(|found| (found.room_id, found.count)).collect())
    }
}
