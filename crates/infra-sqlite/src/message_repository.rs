//! Timelines on SQLite.

use async_trait::async_trait;
use domain::model::{
    ChangesPage, Message, MessageChange, MessageId, MessagePage, MessageVersion, NewMessage, PageAnchor, PageSize,
    RoomId, RoomRev, RoomSeq,
};
use domain::port::{AppendError, Appended, Changed, MessageRepository, RepositoryError};

use crate::SqliteStore;
use crate::job::{Touches, Writing};
use crate::store::Shared;
use crate::{change, timeline};

/// Keeps timelines in an SQLite store.
///
/// A deleted text is overwritten in the database file. The write-ahead log beside it may hold an old copy until the
/// log is used anew, at the latest when the store is closed.
#[derive(Debug, Clone)]
pub struct SqliteMessageRepository {
    store: SqliteStore,
}

impl SqliteMessageRepository {
    pub(crate) const fn new(store: SqliteStore) -> Self {
        Self { store }
    }

    fn shared(&self) -> &Shared {
        self.store.shared()
    }
}

#[async_trait]
impl MessageRepository for SqliteMessageRepository {
    async fn append(&self, message: NewMessage) -> Result<Appended, AppendError> {
        self.shared().writer.append(message).await
    }

    async fn change(&self, id: MessageId, change: MessageChange) -> Result<Changed, RepositoryError> {
        let write = move |writing: &mut Writing<'_>| change::change(writing.connection, writing.heads, id, &change);
        self.shared().writer.write(Touches::Rest, write).await
    }

    async fn versions(&self, id: MessageId) -> Result<Vec<MessageVersion>, RepositoryError> {
        self.shared().readers.read(move |connection| change::versions(connection, id)).await
    }

    async fn pinned(
        &self,
        room_id: RoomId,
        before: Option<RoomSeq>,
        size: PageSize,
    ) -> Result<Vec<Message>, RepositoryError> {
        self.shared().readers.read(move |connection| timeline::pinned(connection, room_id, before, size)).await
    }

    async fn find(&self, id: MessageId) -> Result<Option<Message>, RepositoryError> {
        self.shared().readers.read(move |connection| timeline::find(connection, id)).await
    }

    async fn page(&self, room_id: RoomId, anchor: PageAnchor, size: PageSize) -> Result<MessagePage, RepositoryError> {
        self.shared().readers.read(move |connection| timeline::page(connection, room_id, anchor, size)).await
    }

    async fn latest_live(
        &self,
        room_id: RoomId,
        before: Option<RoomSeq>,
        size: PageSize,
    ) -> Result<Vec<Message>, RepositoryError> {
        self.shared().readers.read(move |connection| timeline::latest_live(connection, room_id, before, size)).await
    }

    async fn changes(&self, room_id: RoomId, after: RoomRev, size: PageSize) -> Result<ChangesPage, RepositoryError> {
        self.shared().readers.read(move |connection| timeline::changes(connection, room_id, after, size)).await
    }
}
