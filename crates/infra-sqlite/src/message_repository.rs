//! Timelines on SQLite.

use async_trait::async_trait;
use domain::model::{
    ChangesPage, Message, MessageId, MessagePage, NewMessage, PageAnchor, PageSize, RoomId, RoomRev, RoomSeq,
    Timestamp, UserId,
};
use domain::port::{AppendError, Appended, Deletion, MessageRepository, RepositoryError};
use rusqlite::Connection;

use crate::SqliteStore;
use crate::checksum::MESSAGES;
use crate::error::{Failure, corrupt};
use crate::rows;
use crate::store::Shared;
use crate::{place, timeline};

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

fn delete(connection: &Connection, id: MessageId, by: UserId, at: Timestamp) -> Result<Deletion, Failure> {
    let sql = "SELECT place FROM messages WHERE message_id = ?1 AND deleted_at IS NULL";
    let found =
        rows::one(&mut *connection.prepare_cached(sql)?, [id.id().to_bytes()], |row| Ok(row.get::<_, i64>(0)?))?;
    let Some(place) = found else { return Ok(Deletion::Absent) };
    let room_no = place::room_no(place);
    let sql = "UPDATE rooms SET head_rev = head_rev + 1 WHERE room_no = ?1 RETURNING head_rev";
    let rev = rows::one(&mut *connection.prepare_cached(sql)?, [room_no], |row| Ok(row.get::<_, i64>(0)?))?;
    let rev = rev.filter(|rev| *rev <= place::MAX).ok_or_else(|| corrupt("a message without its room"))?;
    let sql = "UPDATE messages SET change = ?2, body = NULL, deleted_at = ?3, deleted_by = ?4 WHERE place = ?1";
    let tombstone = (place, place::key(room_no, rev), at.as_millis(), by.id().to_bytes());
    connection.prepare_cached(sql)?.execute(tombstone)?;
    MESSAGES.seal(connection, [place])?;
    let tombstone = timeline::find(connection, id)?.ok_or_else(|| corrupt("a tombstone that isn't there"))?;
    Ok(Deletion::Deleted(tombstone))
}

#[async_trait]
impl MessageRepository for SqliteMessageRepository {
    async fn append(&self, message: NewMessage) -> Result<Appended, AppendError> {
        self.shared().writer.append(message).await
    }

    async fn delete(&self, id: MessageId, by: UserId, at: Timestamp) -> Result<Deletion, RepositoryError> {
        self.shared().writer.write(move |writing| delete(writing.connection, id, by, at)).await
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
