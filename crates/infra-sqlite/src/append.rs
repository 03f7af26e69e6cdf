//! The append itself, within the writer's transaction.

use domain::model::{Message, MessageId, NewMessage, ReplyPreview, RoomRev, RoomSeq};
use domain::port::{AppendError, Appended, Constraint};
use rusqlite::Connection;

use crate::error::{Failure, corrupt};
use crate::heads::{Heads, is_member};
use crate::message_row::{self, MESSAGE_COLUMNS, WITH_ANSWERED};
use crate::{mentions, place, rows, timeline};

/// Appends a message under the next numbers of its room, or finds what its nonce was used for. An error leaves nothing
/// behind: one statement writes, and where there are more of them, in a savepoint.
pub(crate) fn append(connection: &Connection, heads: &mut Heads, new: NewMessage) -> Result<Appended, AppendError> {
    let head = heads.room(connection, new.room_id)?.ok_or(AppendError::NoRoom)?;
    if head.archived {
        return Err(AppendError::RoomArchived);
    }
    if !is_member(connection, head, new.room_id, new.author.id)? {
        return Err(AppendError::NotAMember);
    }
    let (room_no, room_id) = (head.room_no, new.room_id);
    let next = RoomSeq::from_i64(head.seq + 1).zip(RoomRev::from_i64(head.rev + 1));
    let (seq, rev) = next.filter(|(_, rev)| rev.to_i64() <= place::MAX).ok_or_else(used_up)?;
    let mut message = new.numbered(seq, rev);
    let inserted = match refer(connection, room_no, &mut message) {
        Ok(()) => write(connection, room_no, &message)?,
        // A repeat gives back what was stored, whatever it refers to.
        Err(failure) => return repeat(connection, room_no, &message)?.unwrap_or_else(|| Err(failure.into())),
    };
    if !inserted {
        return conflict(connection, room_no, &message);
    }
    heads.advance(room_id);
    Ok(Appended { message, duplicate: false })
}

fn used_up() -> Failure {
    corrupt("a room has used up its numbers")
}

/// Looks up what the message refers to, as it is now: the one it answers and the one that began its thread.
fn refer(connection: &Connection, room_no: i64, message: &mut Message) -> Result<(), Failure> {
    if let Some(answered) = &message.reply_to {
        let found = in_room(connection, room_no, answered.id, message)?;
        message.reply_to = Some(ReplyPreview::of(&found));
    }
    if let Some(root) = message.thread {
        let found = in_room(connection, room_no, root, message)?;
        if found.thread.is_some() {
            return Err(Constraint::Reference.into());
        }
    }
    Ok(())
}

fn in_room(connection: &Connection, room_no: i64, id: MessageId, of: &Message) -> Result<Message, Failure> {
    let sql = format!("SELECT {MESSAGE_COLUMNS} FROM messages m {WITH_ANSWERED} WHERE m.message_id = ?1");
    let found = rows::one(&mut *connection.prepare_cached(&sql)?, [id.id().to_bytes()], |row| {
        Ok((place::room_no(row.get(0)?), message_row::message(row, of.room_id)?))
    })?;
    let found = found.filter(|(found_in, _)| *found_in == room_no).map(|(_, found)| found);
    found.ok_or_else(|| Constraint::Reference.into())
}

/// Inserts the message and what is counted of it; answers whether nothing was in the way.
fn write(connection: &Connection, room_no: i64, message: &Message) -> Result<bool, Failure> {
    if mentions::targets(message).is_empty() {
        return Ok(message_row::insert(connection, room_no, message)?.is_some());
    }
    in_savepoint(connection, || {
        let place = message_row::insert(connection, room_no, message)?;
        place.map(|place| mentions::insert(connection, place, message)).transpose().map(|inserted| inserted.is_some())
    })
}

fn in_savepoint<T>(connection: &Connection, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    let execute = |sql| connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
    execute("SAVEPOINT append")?;
    let outcome = work();
    // Some errors end the whole transaction by themselves.
    if !connection.is_autocommit() {
        if outcome.is_err() {
            execute("ROLLBACK TO append")?;
        }
        execute("RELEASE append")?;
    }
    outcome
}

/// Finds out why nothing was inserted: the nonce, else the id; else the numbers, which would be damage.
fn conflict(connection: &Connection, room_no: i64, message: &Message) -> Result<Appended, AppendError> {
    if let Some(repeat) = repeat(connection, room_no, message)? {
        return repeat;
    }
    if timeline::exists(connection, message.id)? {
        return Err(Failure::from(Constraint::IdUnique).into());
    }
    Err(corrupt("a room's numbers are behind its messages").into())
}

/// Finds what the author used the nonce for: a repeat if the text it was posted with is the same or gone.
fn repeat(
    connection: &Connection,
    room_no: i64,
    message: &Message,
) -> Result<Option<Result<Appended, AppendError>>, Failure> {
    let Some(nonce) = &message.nonce else { return Ok(None) };
    let sql = format!(
        "SELECT {MESSAGE_COLUMNS}, \
         CASE m.version WHEN 1 THEN m.body ELSE (SELECT body FROM versions v WHERE v.place = m.place AND version = 1) END \
         FROM messages m {WITH_ANSWERED} WHERE m.place >> 40 = ?1 AND m.author_id = ?2 AND m.nonce = ?3"
    );
    let key = (room_no, message.author.id.id().to_bytes(), nonce.as_str());
    let earlier = rows::one(&mut *connection.prepare_cached(&sql)?, key, |row| {
        let posted: Option<String> = row.get(message_row::MESSAGE_WIDTH)?;
        Ok((message_row::message(row, message.room_id)?, posted))
    })?;
    Ok(earlier.map(|(earlier, posted)| {
        let same = posted.is_none_or(|posted| message.body().is_some_and(|body| body.as_str() == posted));
        if same { Ok(Appended { message: earlier, duplicate: true }) } else { Err(AppendError::NonceReused) }
    }))
}
