//! Timelines in MongoDB. Reading is here; writing is in `batcher`.

use std::collections::HashMap;

use async_trait::async_trait;
use bson::{Document, doc};
use domain::model::{
    ChangesPage, Message, MessageChange, MessageId, MessagePage, MessageVersion, NewMessage, PageAnchor, PageSize,
    RoomHead, RoomId, RoomRev, RoomSeq,
};
use domain::port::{AppendError, Appended, Cause, Changed, MessageRepository, RepositoryError};
use mongodb::options::Hint;
use serde::Deserialize;

use crate::batcher::{Batcher, Outcome};
use crate::collections::Collections;
use crate::document::{StoredMessage, VersionDocument, oid};
use crate::error::classify;
use crate::user_repository::limit;
use crate::{head, previews};

/// Keeps timelines in MongoDB.
#[derive(Debug, Clone)]
pub struct MongoMessageRepository {
    collections: Collections,
    batcher: Batcher,
}

/// The texts of a message that were replaced.
#[derive(Debug, Deserialize)]
struct Versions {
    #[serde(default)]
    versions: Vec<VersionDocument>,
}

impl MongoMessageRepository {
    pub(crate) fn new(collections: Collections, batcher: Batcher) -> Self {
        Self { collections, batcher }
    }

    async fn select(
        &self,
        filter: Document,
        sort: Document,
        limit: usize,
    ) -> Result<Vec<StoredMessage>, RepositoryError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        previews::select_stored(self.collections.find_messages(filter).sort(sort).limit(limit)).await
    }

    async fn find_stored(&self, id: MessageId) -> Result<Option<StoredMessage>, RepositoryError> {
        let found = self.collections.find_message(id).await.map_err(classify)?;
        found.map(StoredMessage::try_from).transpose()
    }

    /// Completes a message after a write: what was done is done, whether or not what it answers can be looked up.
    async fn complete(&self, stored: StoredMessage) -> Result<Message, RepositoryError> {
        let completed = self.collections.within(previews::complete_one(&self.collections, stored)).await;
        completed.map_err(|error| RepositoryError::Timeout(Cause::new(error)))
    }

    /// Gives messages before `before` (exclusive), newest first.
    async fn older(
        &self,
        room_id: RoomId,
        before: RoomSeq,
        limit: usize,
    ) -> Result<Vec<StoredMessage>, RepositoryError> {
        let filter = doc! { "room_id": oid(room_id.id()), "seq": { "$lt": before.to_i64() } };
        self.select(filter, doc! { "seq": -1 }, limit).await
    }

    /// Gives messages from `from` (inclusive), oldest first.
    async fn newer(&self, room_id: RoomId, from: i64, limit: usize) -> Result<Vec<StoredMessage>, RepositoryError> {
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
        let items = previews::complete(&self.collections, self.items(room_id, anchor, size).await?).await?;
        let head = at_least(head, &items);
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
        // A message that was changed while the index was read along can be met again under its new number.
        let newest: HashMap<_, _> = items.iter().map(|one| (one.message.id, one.message.rev)).collect();
        items.retain(|one| newest.get(&one.message.id) == Some(&one.message.rev));
        let items = previews::complete(&self.collections, items).await?;
        Ok(ChangesPage { head: at_least(head, &items), items, more })
    }

    /// Gives the messages of a page, oldest first.
    async fn items(
        &self,
        room_id: RoomId,
        anchor: PageAnchor,
        size: usize,
    ) -> Result<Vec<StoredMessage>, RepositoryError> {
        let ascending = |mut messages: Vec<StoredMessage>| {
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

/// Gives the last numbers, where messages that were read after them have greater ones.
fn at_least(head: RoomHead, items: &[Message]) -> RoomHead {
    items.iter().fold(head, |head, message| RoomHead { seq: head.seq.max(message.seq), rev: head.rev.max(message.rev) })
}

/// Cuts `size` messages out of both sides: half each, and what one side lacks from the other.
fn around(older: Vec<StoredMessage>, newer: Vec<StoredMessage>, size: usize) -> Vec<StoredMessage> {
    let after = newer.len().min((size - size / 2).max(size.saturating_sub(older.len())));
    let before = older.len().min(size - after);
    let skipped = older.len() - before;
    older.into_iter().skip(skipped).chain(newer.into_iter().take(after)).collect()
}

#[async_trait]
impl MessageRepository for MongoMessageRepository {
    async fn append(&self, message: NewMessage) -> Result<Appended, AppendError> {
        let stored = self.batcher.append(message).await?;
        Ok(Appended { message: self.complete(stored.stored).await?, duplicate: stored.duplicate })
    }

    async fn change(&self, id: MessageId, change: MessageChange) -> Result<Changed, RepositoryError> {
        let Some(found) = self.collections.within(self.find_stored(id)).await? else {
            return Ok(Changed::Absent);
        };
        match self.batcher.change(found, change).await? {
            Outcome::Done(stored) => self.complete(stored).await.map(Changed::Done),
            Outcome::Unchanged(stored) => self.complete(stored).await.map(Changed::Unchanged),
            Outcome::Refused(refusal, stored) => {
                self.complete(stored).await.map(|message| Changed::Refused(refusal, message))
            }
            Outcome::Absent => Ok(Changed::Absent),
        }
    }

    async fn versions(&self, id: MessageId) -> Result<Vec<MessageVersion>, RepositoryError> {
        let work = async {
            let messages = self.collections.messages.clone_with_type::<Versions>();
            let find = messages.find_one(doc! { "_id": oid(id.id()) }).projection(doc! { "versions": 1 });
            let found = find.await.map_err(classify)?.map(|found| found.versions).unwrap_or_default();
            found.into_iter().map(MessageVersion::try_from).collect()
        };
        self.collections.within(work).await
    }

    async fn pinned(
        &self,
        room_id: RoomId,
        before: Option<RoomSeq>,
        size: PageSize,
    ) -> Result<Vec<Message>, RepositoryError> {
        let mut filter = doc! { "room_id": oid(room_id.id()), "pin": { "$exists": true } };
        if let Some(before) = before {
            filter.insert("seq", doc! { "$lt": before.to_i64() });
        }
        let find = self.collections.find_messages(filter).sort(doc! { "seq": -1 }).limit(limit(size));
        let find = find.hint(Hint::Name("pinned".to_owned()));
        self.collections.within(previews::select(&self.collections, find)).await
    }

    async fn find(&self, id: MessageId) -> Result<Option<Message>, RepositoryError> {
        let work = async {
            match self.find_stored(id).await? {
                Some(stored) => previews::complete_one(&self.collections, stored).await.map(Some),
                None => Ok(None),
            }
        };
        self.collections.within(work).await
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
        let find = self.collections.find_messages(filter).sort(doc! { "seq": -1 }).limit(limit(size));
        let mut messages = self.collections.within(previews::select(&self.collections, find)).await?;
        messages.reverse();
        Ok(messages)
    }

    async fn changes(&self, room_id: RoomId, after: RoomRev, size: PageSize) -> Result<ChangesPage, RepositoryError> {
        self.collections.within(self.read_changes(room_id, after, size.get())).await
    }
}
