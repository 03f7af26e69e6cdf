//! Read positions in MongoDB: a part of the membership.

use async_trait::async_trait;
use bson::{Document, doc};
use domain::model::{Marker, ReadState, Receipt, RoomId, RoomSeq, UserId};
use domain::port::{Marking, ReadStateRepository, RepositoryError};
use futures_util::TryStreamExt;
use serde::Deserialize;

use crate::collections::Collections;
use crate::document::{MembershipDocument, UserDocument, membership_id, oid};
use crate::error::{classify, corrupt};
use crate::head;
use crate::unread::{self, Position};

/// Keeps read positions in MongoDB. What it counts is exact for the messages up to a head that was read during the
/// call, as of one moment or another during it; see `unread.rs`.
#[derive(Debug, Clone)]
pub struct MongoReadStateRepository {
    collections: Collections,
}

/// A member's position, with their account if there is one.
#[derive(Debug, Deserialize)]
struct Reader {
    #[serde(flatten)]
    membership: MembershipDocument,
    user: Vec<UserDocument>,
}

impl MongoReadStateRepository {
    pub(crate) fn new(collections: Collections) -> Self {
        Self { collections }
    }

    async fn membership(&self, marker: Marker) -> Result<Option<MembershipDocument>, RepositoryError> {
        let key = doc! { "_id": membership_id(marker.room_id, marker.user_id) };
        self.collections.memberships.find_one(key).await.map_err(classify)
    }

    async fn move_to(&self, marker: Marker) -> Result<Marking, RepositoryError> {
        let head = head::read(&self.collections, marker.room_id).await?.seq;
        if marker.seq > head {
            let member = self.membership(marker).await?;
            return Ok(member.map_or(Marking::NotAMember, |_| Marking::BeyondHead(head)));
        }
        let key = doc! { "_id": membership_id(marker.room_id, marker.user_id) };
        let position = doc! { "read_seq": marker.seq.to_i64() };
        let change = if marker.back {
            doc! { "$set": position }
        } else {
            doc! { "$max": position }
        };
        let update = self.collections.memberships.find_one_and_update(key, change).await.map_err(classify)?;
        let Some(before) = update.map(|membership| membership.read_seq) else {
            return Ok(Marking::NotAMember);
        };
        let wanted = marker.seq.to_i64();
        let moved = before < wanted || (marker.back && before != wanted);
        let now = if marker.back { wanted } else { wanted.max(before) };
        let state = self.state_at(marker.room_id, marker.user_id, now, head).await?;
        Ok(if moved { Marking::Moved(state) } else { Marking::Unmoved(state) })
    }

    /// Gives what a position leaves; `head` was read during the call.
    async fn state_at(
        &self,
        room_id: RoomId,
        user_id: UserId,
        read_seq: i64,
        head: RoomSeq,
    ) -> Result<ReadState, RepositoryError> {
        let mut head_seq = head.to_i64();
        if head_seq < read_seq {
            // Somebody read on meanwhile.
            head_seq = head::read(&self.collections, room_id).await?.seq.to_i64();
        }
        let position = Position { room_id: oid(room_id.id()), read_seq, head_seq };
        let states = unread::read_states(&self.collections, user_id, &[position]).await?;
        states.into_values().next().ok_or_else(|| corrupt("read position"))
    }

    async fn receipts_of(&self, room_id: RoomId) -> Result<Option<Vec<Receipt>>, RepositoryError> {
        let most = i64::try_from(Receipt::MAX_MEMBERS).unwrap_or(i64::MAX);
        let pipeline: [Document; 4] = [
            doc! { "$match": { "room_id": oid(room_id.id()) } },
            doc! { "$sort": { "user_id": 1 } },
            doc! { "$limit": most + 1 },
            doc! { "$lookup": { "from": "users", "localField": "user_id", "foreignField": "_id", "as": "user" } },
        ];
        let aggregate = self.collections.memberships.aggregate(pipeline).with_type::<Reader>();
        let readers: Vec<Reader> = aggregate.await.map_err(classify)?.try_collect().await.map_err(classify)?;
        if readers.len() as u64 > Receipt::MAX_MEMBERS {
            return Ok(None);
        }
        let mut receipts = Vec::new();
        for Reader { membership, user } in readers {
            for user in user.into_iter().map(domain::model::User::try_from) {
                let user = user?;
                if user.disabled || !user.privacy.receipts {
                    continue;
                }
                let read_seq = RoomSeq::from_i64(membership.read_seq).ok_or_else(|| corrupt("read position"))?;
                receipts.push(Receipt { user_id: user.id, read_seq });
            }
        }
        Ok(Some(receipts))
    }
}

#[async_trait]
impl ReadStateRepository for MongoReadStateRepository {
    async fn mark(&self, marker: Marker) -> Result<Marking, RepositoryError> {
        self.collections.within(self.move_to(marker)).await
    }

    async fn read_state(&self, room_id: RoomId, user_id: UserId) -> Result<Option<ReadState>, RepositoryError> {
        let work = async {
            let key = doc! { "_id": membership_id(room_id, user_id) };
            let Some(membership) = self.collections.memberships.find_one(key).await.map_err(classify)? else {
                return Ok(None);
            };
            let head = head::read(&self.collections, room_id).await?.seq;
            self.state_at(room_id, user_id, membership.read_seq, head).await.map(Some)
        };
        self.collections.within(work).await
    }

    async fn receipts(&self, room_id: RoomId) -> Result<Option<Vec<Receipt>>, RepositoryError> {
        self.collections.within(self.receipts_of(room_id)).await
    }
}
