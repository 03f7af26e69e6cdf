//! The append itself, within the writer's transaction.

use domain::model::{MessageKind, NewMessage, RoomRev, RoomSeq};
use domain::port::{AppendError, Appended, Constraint};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension};

use crate::checksum::insert_sealed;
use crate::error::{Failure, corrupt};
use crate::heads::{Heads, is_member};
use crate::place;
use crate::rows::{self, MESSAGE_COLUMNS};

/// In the order of [`crate::checksum::MESSAGES`]. What conflicts is looked up afterwards: conflicts are rare.
const INSERT: &str = "INSERT INTO messages (place, change, message_id, author_id, author_name, kind, body, created_at, \
                      nonce, deleted_at, deleted_by, checksum) \
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT DO NOTHING";

/// Appends a message under the next numbers of its room, or finds what its nonce was used for. One statement
/// writes, so an error leaves nothing behind.
pub(crate) fn append(connection: &Connection, heads: &mut Heads, new: NewMessage) -> Result<Appended, AppendError> {
    let head = heads.room(connection, new.room_id)?.ok_or(AppendError::NoRoom)?;
    if head.archived {
        return Err(AppendError::RoomArchived);
    }
    if !is_member(connection, head, new.room_id, new.author.id)? {
        return Err(AppendError::NotAMember);
    }
    let (room_no, seq, rev) = (head.room_no, head.seq + 1, head.rev + 1);
    if rev > place::MAX {
        return Err(corrupt("a room has used up its numbers").into());
    }
    if insert(connection, &new, place::key(room_no, seq), place::key(room_no, rev))? == 0 {
        return conflict(connection, room_no, &new);
    }
    heads.advance(new.room_id);
    let numbers = RoomSeq::from_i64(seq).zip(RoomRev::from_i64(rev)).ok_or_else(|| corrupt("a negative head"))?;
    Ok(Appended { message: new.numbered(numbers.0, numbers.1), duplicate: false })
}

fn insert(connection: &Connection, new: &NewMessage, place: i64, change: i64) -> Result<usize, Failure> {
    let (id, author) = (new.id.id().to_bytes(), new.author.id.id().to_bytes());
    let nonce = new.nonce.as_ref().map(|nonce| nonce.as_str().as_bytes());
    let inserted = insert_sealed(
        connection,
        INSERT,
        &[
            ValueRef::Integer(place),
            ValueRef::Integer(change),
            ValueRef::Blob(&id),
            ValueRef::Blob(&author),
            ValueRef::Text(new.author.username.as_str().as_bytes()),
            ValueRef::Text(MessageKind::Text.as_str().as_bytes()),
            ValueRef::Text(new.body.as_str().as_bytes()),
            ValueRef::Integer(new.created_at.as_millis()),
            nonce.map_or(ValueRef::Null, ValueRef::Text),
            ValueRef::Null,
            ValueRef::Null,
        ],
    );
    Ok(inserted?)
}

/// Finds out why nothing was inserted: the nonce, else the id; else the numbers, which would be damage.
fn conflict(connection: &Connection, room_no: i64, new: &NewMessage) -> Result<Appended, AppendError> {
    if let Some(earlier) = earlier_of_nonce(connection, room_no, new)? {
        return match earlier.body() {
            Some(body) if *body != new.body => Err(AppendError::NonceReused),
            Some(_) | None => Ok(Appended { message: earlier, duplicate: true }),
        };
    }
    let mut question =
        connection.prepare_cached("SELECT 1 FROM messages WHERE message_id = ?1").map_err(Failure::from)?;
    if question.exists([new.id.id().to_bytes()]).map_err(Failure::from)? {
        return Err(Failure::from(Constraint::IdUnique).into());
    }
    Err(corrupt("a room's numbers are behind its messages").into())
}

fn earlier_of_nonce(
    connection: &Connection,
    room_no: i64,
    new: &NewMessage,
) -> Result<Option<domain::model::Message>, Failure> {
    let Some(nonce) = &new.nonce else { return Ok(None) };
    let sql =
        format!("SELECT {MESSAGE_COLUMNS} FROM messages WHERE place >> 40 = ?1 AND author_id = ?2 AND nonce = ?3");
    let key = (room_no, new.author.id.id().to_bytes(), nonce.as_str());
    let found =
        connection.prepare_cached(&sql)?.query_row(key, |row| Ok(rows::message(row, new.room_id))).optional()?;
    found.transpose()
}
