//! Read positions on SQLite.

use async_trait::async_trait;
use domain::model::{Marker, ReadState, Receipt, RoomId, RoomSeq, UserId};
use domain::port::{Marking, ReadStateRepository, RepositoryError};
use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::SqliteStore;
use crate::checksum::checksum;
use crate::error::{Failure, corrupt};
use crate::job::{Touches, Writing};
use crate::store::Shared;
use crate::{read_state, rows};

/// Keeps read positions in an SQLite store.
#[derive(Debug, Clone)]
pub struct SqliteReadStateRepository {
    store: SqliteStore,
}

impl SqliteReadStateRepository {
    pub(crate) const fn new(store: SqliteStore) -> Self {
        Self { store }
    }

    fn shared(&self) -> &Shared {
        self.store.shared()
    }
}

/// Where a position stands after it was to be moved.
enum Position {
    Moved(RoomSeq),
    Unmoved(RoomSeq),
    BeyondHead(RoomSeq),
    NotAMember,
}

fn mark(writing: &mut Writing<'_>, marker: Marker) -> Result<Position, Failure> {
    let Some(head) = writing.heads.room(writing.connection, marker.room_id)? else { return Ok(Position::NotAMember) };
    let head = RoomSeq::from_i64(head.seq).ok_or_else(|| corrupt("a negative head"))?;
    let sql = "SELECT role, joined_at, read_seq FROM memberships WHERE room_id = ?1 AND user_id = ?2";
    let key = (marker.room_id.id().to_bytes(), marker.user_id.id().to_bytes());
    let mut question = writing.connection.prepare_cached(sql)?;
    let mut found = question.query(key)?;
    let Some(row) = found.next()? else { return Ok(Position::NotAMember) };
    let current = RoomSeq::from_i64(row.get(2)?).ok_or_else(|| corrupt("a negative position"))?;
    if marker.seq > head {
        return Ok(Position::BeyondHead(head));
    }
    if marker.seq == current || (marker.seq < current && !marker.back) {
        return Ok(Position::Unmoved(current));
    }
    // In the order of `MEMBERSHIPS`.
    let sum = checksum(&[
        ValueRef::Blob(&key.0),
        ValueRef::Blob(&key.1),
        row.get_ref(0)?,
        row.get_ref(1)?,
        ValueRef::Integer(marker.seq.to_i64()),
    ]);
    let sql = "UPDATE memberships SET read_seq = ?3, checksum = ?4 WHERE room_id = ?1 AND user_id = ?2";
    writing.connection.prepare_cached(sql)?.execute((key.0, key.1, marker.seq.to_i64(), sum))?;
    Ok(Position::Moved(marker.seq))
}

fn receipts(connection: &Connection, room_id: RoomId) -> Result<Option<Vec<Receipt>>, Failure> {
    let room_id = [room_id.id().to_bytes()];
    let sql = "SELECT member_count FROM rooms WHERE room_id = ?1";
    let members = rows::one(&mut *connection.prepare_cached(sql)?, room_id, |row| Ok(row.get::<_, i64>(0)?))?;
    if members.is_some_and(|members| members.cast_unsigned() > Receipt::MAX_MEMBERS) {
        return Ok(None);
    }
    let sql = "SELECT m.user_id, m.read_seq FROM memberships m JOIN users u ON u.user_id = m.user_id \
               WHERE m.room_id = ?1 AND u.shows_receipts AND NOT u.disabled ORDER BY m.user_id";
    let receipts = rows::all(&mut *connection.prepare_cached(sql)?, room_id, |row| {
        let read_seq = RoomSeq::from_i64(row.get(1)?).ok_or_else(|| corrupt("a negative position"))?;
        Ok(Receipt { user_id: UserId::new(rows::id(row, 0)?), read_seq })
    });
    receipts.map(Some)
}

#[async_trait]
impl ReadStateRepository for SqliteReadStateRepository {
    async fn mark(&self, marker: Marker) -> Result<Marking, RepositoryError> {
        let position = self.shared().writer.write(Touches::Rest, move |writing| mark(writing, marker)).await?;
        // A reader counts, so that nobody's write waits for it.
        let counted = |seq| async move {
            let Marker { room_id, user_id, .. } = marker;
            let count = move |connection: &Connection| read_state::at_position(connection, room_id, user_id, seq);
            self.shared().readers.read(count).await
        };
        Ok(match position {
            Position::Moved(seq) => Marking::Moved(counted(seq).await?),
            Position::Unmoved(seq) => Marking::Unmoved(counted(seq).await?),
            Position::BeyondHead(head) => Marking::BeyondHead(head),
            Position::NotAMember => Marking::NotAMember,
        })
    }

    async fn read_state(&self, room_id: RoomId, user_id: UserId) -> Result<Option<ReadState>, RepositoryError> {
        self.shared().readers.read(move |connection| read_state::of_member(connection, room_id, user_id)).await
    }

    async fn receipts(&self, room_id: RoomId) -> Result<Option<Vec<Receipt>>, RepositoryError> {
        self.shared().readers.read(move |connection| receipts(connection, room_id)).await
    }
}
