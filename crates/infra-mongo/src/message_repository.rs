//! Timelines in MongoDB. Reading is here; writing is in `batcher`.

use async_trait::async_trait;
use bson::{Document, doc};
use domain::model::{
    ChangesPage, Message, MessageId, MessagePage, NewMessage, PageAnchor, PageSize, RoomId, RoomRev, RoomSeq,
    Timestamp, UserId,
};
use domain::port::{AppendError, Appended, Deletion, MessageRepository, RepositoryError};
use futures_util::TryStreamExt;

use crate::batcher::{Batcher, Tombstone};
use crate::collections::Collections;
use crate::document::{MessageDocument, oid};
use crate::error::classify;
use crate::head;

/// Keeps timelines in MongoDB.
#[derive(Debug, Clone)]
pub struct MongoMessageRepository {
    collections: Collections,
    batcher: Batcher,
}

impl MongoMessageRepository {
    pub(crate) fn new(collections: Collections, batcher: Batcher) -> Self {
        Self { collections, batcher }
    }

    async fn select(&self, filter: Document, sort: Document, limit: usize) -> Result<Vec<Message>, RepositoryError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let find = self.collections.messages.find(filter).sort(sort).limit(limit).await.map_err(classify)?;
        let documents: Vec<MessageDocument> = find.try_collect().await.map_err(classify)?;
        documents.into_iter().map(Message::try_from).collect()
    }

    /// Gives messages before `before` (exclusive), newest first.
    async fn older(&self, room_id: RoomId, before: RoomSeq, limit: usize) -> Result<Vec<Message>, RepositoryError> {
        let filter = doc! { "room_id": oid(room_id.id()), "seq": { "$lt": before.to_i64() } };
        self.select(filter, doc! { "seq": -1 }, limit).await
    }

    /// Gives messages from `from` (inclusive), oldest first.
    async fn newer(&self, room_id: RoomId, from: i64, limit: usize) -> Result<Vec<Message>, RepositoryError> {
        let filter = doc! { "room_id": oid(room_id.id()), "seq": { "$gte": from } };
        self.select(filter, doc! { "seq": 1 }, limit).await
    }

    async fn read_page(
        &self,
        room_id: RoomId,
        anchor: PageAnchor,
        size: usize,
    ) -> Result<MessagePage, RepositoryError> {
        let head = head::read(&self.collections, room_id).await?;
        let items = self.items(room_id, anchor, size).await?;
        let (has_before, has_after) = match (items.first(), items.last()) {
            (Some(first), Some(last)) => (first.seq.get() > 1, last.seq < head.seq),
            // An empty page lies where its anchor says.
            _ => match anchor {
                PageAnchor::Before(_) => (false, head.seq > RoomSeq::ZERO),
                PageAnchor::After(_) => (head.seq > RoomSeq::ZERO, false),
                PageAnchor::Latest | PageAnchor::Around(_) => (false, false),
            },
        };
        Ok(MessagePage { items, head, has_before, has_after })
    }

    async fn read_changes(&self, room_id: RoomId, after: RoomRev, size: usize) -> Result<ChangesPage, RepositoryError> {
        let head = head::read(&self.collections, room_id).await?;
        let filter = doc! { "room_id": oid(room_id.id()), "rev": { "$gt": after.to_i64() } };
        let mut items = self.select(filter, doc! { "rev": 1 }, size + 1).await?;
        let more = items.len() > size;
        items.truncate(size);
        Ok(ChangesPage { items, head, more })
    }

    /// Gives the messages of a page, oldest first.
    async fn items(&self, room_id: RoomId, anchor: PageAnchor, size: usize) -> Result<Vec<Message>, RepositoryError> {
        let ascending = |mut messages: Vec<Message>| {
            messages.reverse();
            messages
        };
        match anchor {
            PageAnchor::Latest => Ok(ascending(self.older(room_id, RoomSeq::MAX, size).await?)),
            PageAnchor::Before(seq) => Ok(ascending(self.older(room_id, seq, size).await?)),
            PageAnchor::After(seq) => self.newer(room_id, seq.to_i64().saturating_add(1), size).await,
            PageAnchor::Around(seq) => {
                let older = self.older(room_id, seq, size);
                let newer = self.newer(room_id, seq.to_i64(), size);
                let (older, newer) = tokio::try_join!(older, newer)?;
                Ok(around(ascending(older), newer, size))
            }
        }
    }
}

/// Cuts `size` messages out of both sides: half each, and what one side lacks from the other.
fn around(older: Vec<Message>, newer: Vec<Message>, size: usize) -> Vec<Message> {
    let after = newer.len().min((size - size / 2).max(size.saturating_sub(older.len())));
    let before = older.len().min(size - after);
    let skipped = older.len() - before;
    older.into_iter().skip(skipped).chain(newer.into_iter().take(after)).collect()
}

#[async_trait]
impl MessageRepository for MongoMessageRepository {
    async fn append(&self, message: NewMessage) -> Result<Appended, AppendError> {
        self.batcher.append(message).await
    }

    async fn delete(&self, id: MessageId, by: UserId, at: Timestamp) -> Result<Deletion, RepositoryError> {
        match self.find(id).await? {
            Some(message) => self.batcher.delete(message.room_id, Tombstone { id, by, at }).await,
            None => Ok(Deletion::Absent),
        }
    }

    async fn find(&self, id: MessageId) -> Result<Option<Message>, RepositoryError> {
        let find = async { self.collections.messages.find_one(doc! { "_id": oid(id.id()) }).await.map_err(classify) };
        self.collections.within(find).await?.map(Message::try_from).transpose()
    }

    async fn page(&self, room_id: RoomId, anchor: PageAnchor, size: PageSize) -> Result<MessagePage, RepositoryError> {
        self.collections.within(self.read_page(room_id, anchor, size.get())).await
    }

    async fn latest_live(
        &self,
        room_id: RoomId,
        before: Option<RoomSeq>,
        size: PageSize,
    ) -> Result<Vec<Message>, RepositoryError> {
        let mut filter = doc! { "room_id": oid(room_id.id()), "deleted_at": { "$exists": false } };
        if let Some(before) = before {
            filter.insert("seq", doc! { "$lt": before.to_i64() });
        }
        let mut messages = self.collections.within(self.select(filter, doc! { "seq": -1 }, size.get())).await?;
        messages.reverse();
        Ok(messages)
    }

    async fn changes(&self, room_id: RoomId, after: RoomRev, size: PageSize) -> Result<ChangesPage, RepositoryError> {
        self.collections.within(self.read_changes(room_id, after, size.get())).await
    }
}
