//! A change to a message, within the writer's transaction.

use domain::model::{ChangeOutcome, Message, MessageBody, MessageChange, MessageId, MessageVersion, RoomRev};
use domain::port::Changed;
use rusqlite::Connection;

use crate::checksum::VERSIONS;
use crate::error::{Failure, corrupt};
use crate::heads::Heads;
use crate::message_row;
use crate::{mentions, place, rows, timeline};

/// Changes a message under the next number of its room, as the domain decides. The number counts as given out only once
/// everything is written, so a failure leaves the heads right.
pub(crate) fn change(
    connection: &Connection,
    heads: &mut Heads,
    id: MessageId,
    change: &MessageChange,
) -> Result<Changed, Failure> {
    let Some(current) = timeline::find(connection, id)? else { return Ok(Changed::Absent) };
    let (message, replaced) = match change.apply(&current) {
        ChangeOutcome::Changed { message, replaced } => (*message, replaced),
        ChangeOutcome::Unchanged => return Ok(Changed::Unchanged(current)),
        ChangeOutcome::Refused(refusal) => return Ok(Changed::Refused(refusal, current)),
    };
    let gone = || corrupt("a message without its room");
    let head = heads.room(connection, message.room_id)?.ok_or_else(gone)?;
    let (room_no, next) = (head.room_no, RoomRev::from_i64(head.rev + 1));
    let rev = next.filter(|rev| rev.to_i64() <= place::MAX).ok_or_else(|| corrupt("a room has used up its numbers"))?;
    let message = message.with_rev(rev);
    let place = message_row::update(connection, room_no, &message)?;
    mentions::replace(connection, place, &current, &message)?;
    keep_versions(connection, place, &message, replaced.as_ref())?;
    heads.advance_rev(message.room_id);
    Ok(Changed::Done(message))
}

/// Keeps the text that was replaced; with a deletion all of them go.
fn keep_versions(
    connection: &Connection,
    place: i64,
    message: &Message,
    replaced: Option<&MessageVersion>,
) -> Result<(), Failure> {
    if message.is_deleted() {
        connection.prepare_cached("DELETE FROM versions WHERE place = ?1")?.execute([place])?;
    }
    if let Some(replaced) = replaced {
        let version = replaced.version.get();
        let sql = "INSERT INTO versions (place, version, body, since, checksum) VALUES (?1, ?2, ?3, ?4, 0)";
        let row = (place, version, replaced.body.as_str(), replaced.since.as_millis());
        connection.prepare_cached(sql)?.execute(row)?;
        VERSIONS.seal(connection, (place, version))?;
    }
    Ok(())
}

/// Gives the texts of a message that were replaced, oldest first.
pub(crate) fn versions(connection: &Connection, id: MessageId) -> Result<Vec<MessageVersion>, Failure> {
    let sql = "SELECT v.version, v.body, v.since FROM messages m JOIN versions v ON v.place = m.place \
               WHERE m.message_id = ?1 ORDER BY v.version";
    rows::all(&mut *connection.prepare_cached(sql)?, [id.id().to_bytes()], |row| {
        Ok(MessageVersion {
            version: message_row::version(row, 0)?,
            body: rows::text(row, 1, |text| MessageBody::parse(text))?,
            since: rows::time(row, 2)?,
        })
    })
}
