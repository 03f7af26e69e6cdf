//! Questions about a timeline, each within one snapshot.

use domain::model::{
    ChangesPage, Message, MessageId, MessagePage, PageAnchor, PageSize, RoomHead, RoomId, RoomRev, RoomSeq, ThreadPage,
};
use rusqlite::Connection;

use crate::error::Failure;
use crate::message_row::{MESSAGE_COLUMNS, MESSAGE_WIDTH, WITH_ANSWERED, message};
use crate::place;
use crate::rows;

/// A room's short number and last numbers.
struct Timeline {
    room_id: RoomId,
    room_no: i64,
    head: RoomHead,
}

fn timeline(connection: &Connection, room_id: RoomId) -> Result<Option<Timeline>, Failure> {
    let sql = "SELECT room_no, head_seq, head_rev FROM rooms WHERE room_id = ?1";
    rows::one(&mut *connection.prepare_cached(sql)?, [room_id.id().to_bytes()], |row| {
        Ok(Timeline { room_id, room_no: row.get(0)?, head: rows::head(row, 1)? })
    })
}

/// Finds a message or its tombstone.
pub(crate) fn find(connection: &Connection, id: MessageId) -> Result<Option<Message>, Failure> {
    let sql = format!(
        "SELECT {MESSAGE_COLUMNS}, (SELECT room_id FROM rooms WHERE room_no = m.place >> 40) \
         FROM messages m {WITH_ANSWERED} WHERE m.message_id = ?1"
    );
    rows::one(&mut *connection.prepare_cached(&sql)?, [id.id().to_bytes()], |row| {
        message(row, RoomId::new(rows::id(row, MESSAGE_WIDTH)?))
    })
}

/// Tells whether there is or was such a message.
pub(crate) fn exists(connection: &Connection, id: MessageId) -> Result<bool, Failure> {
    Ok(connection.prepare_cached("SELECT 1 FROM messages WHERE message_id = ?1")?.exists([id.id().to_bytes()])?)
}

/// Gives a page. A timeline has every place from 1 to its head, so the edges are arithmetic; an empty page is judged
/// by its anchor.
pub(crate) fn page(
    connection: &Connection,
    room_id: RoomId,
    anchor: PageAnchor,
    size: PageSize,
) -> Result<MessagePage, Failure> {
    let Some(timeline) = timeline(connection, room_id)? else {
        return Ok(MessagePage { items: Vec::new(), head: RoomHead::default(), has_before: false, has_after: false });
    };
    let (start, end) = window(timeline.head.seq, anchor, size);
    let sql = format!(
        "SELECT {MESSAGE_COLUMNS} FROM messages m {WITH_ANSWERED} WHERE m.place > ?1 AND m.place <= ?2 ORDER BY m.place"
    );
    let range = (place::key(timeline.room_no, start), place::key(timeline.room_no, end));
    let items = rows::all(&mut *connection.prepare_cached(&sql)?, range, |row| message(row, room_id))?;
    Ok(MessagePage { items, head: timeline.head, has_before: start > 0, has_after: end < timeline.head.seq.to_i64() })
}

/// Gives the places between which a page lies: after the first, up to and with the second.
fn window(head: RoomSeq, anchor: PageAnchor, size: PageSize) -> (i64, i64) {
    let (all, size) = (head.to_i64(), i64::try_from(size.get()).unwrap_or(i64::MAX));
    // How many messages lie before that place.
    let before = |seq: RoomSeq| seq.to_i64().saturating_sub(1).clamp(0, all);
    match anchor {
        PageAnchor::Latest => ((all - size).max(0), all),
        PageAnchor::Before(seq) => ((before(seq) - size).max(0), before(seq)),
        PageAnchor::After(seq) => {
            let start = seq.to_i64().min(all);
            (start, start.saturating_add(size).min(all))
        }
        PageAnchor::Around(seq) => {
            let half = size / 2;
            ((before(seq) - half).max(0), before(seq).saturating_add(size - half).min(all))
        }
    }
}

/// Gives the newest messages before that place that still exist, oldest first.
pub(crate) fn latest_live(
    connection: &Connection,
    room_id: RoomId,
    before: Option<RoomSeq>,
    size: PageSize,
) -> Result<Vec<Message>, Failure> {
    let Some(Timeline { room_no, room_id, .. }) = timeline(connection, room_id)? else { return Ok(Vec::new()) };
    let sql = format!(
        "SELECT {MESSAGE_COLUMNS} FROM messages m {WITH_ANSWERED} \
         WHERE m.place > ?1 AND m.place < ?2 AND m.deleted_at IS NULL ORDER BY m.place DESC LIMIT ?3"
    );
    let before = before.map_or(place::MAX, RoomSeq::to_i64);
    let range = (place::key(room_no, 0), place::key(room_no, before), rows::limit(size));
    let mut items = rows::all(&mut *connection.prepare_cached(&sql)?, range, |row| message(row, room_id))?;
    items.reverse();
    Ok(items)
}

/// Gives the pinned messages before that place, newest first.
pub(crate) fn pinned(
    connection: &Connection,
    room_id: RoomId,
    before: Option<RoomSeq>,
    size: PageSize,
) -> Result<Vec<Message>, Failure> {
    let Some(Timeline { room_no, room_id, .. }) = timeline(connection, room_id)? else { return Ok(Vec::new()) };
    let sql = format!(
        "SELECT {MESSAGE_COLUMNS} FROM messages m INDEXED BY messages_pinned {WITH_ANSWERED} \
         WHERE m.place > ?1 AND m.place < ?2 AND m.pinned_at IS NOT NULL ORDER BY m.place DESC LIMIT ?3"
    );
    let before = before.map_or(place::MAX, RoomSeq::to_i64);
    let range = (place::key(room_no, 0), place::key(room_no, before), rows::limit(size));
    rows::all(&mut *connection.prepare_cached(&sql)?, range, |row| message(row, room_id))
}

/// Gives the replies of a thread after that place, oldest first.
pub(crate) fn replies(
    connection: &Connection,
    root: MessageId,
    after: RoomSeq,
    size: PageSize,
) -> Result<ThreadPage, Failure> {
    let sql = "SELECT r.room_no, r.room_id FROM messages m JOIN rooms r ON r.room_no = m.place >> 40 \
               WHERE m.message_id = ?1";
    let room = rows::one(&mut *connection.prepare_cached(sql)?, [root.id().to_bytes()], |row| {
        Ok((row.get(0)?, RoomId::new(rows::id(row, 1)?)))
    })?;
    let Some((room_no, room_id)) = room else { return Ok(ThreadPage { items: Vec::new(), more: false }) };
    let sql = format!(
        "SELECT {MESSAGE_COLUMNS} FROM messages m INDEXED BY messages_by_thread {WITH_ANSWERED} \
         WHERE m.thread_id = ?1 AND m.place > ?2 ORDER BY m.place LIMIT ?3"
    );
    // One more than asked for tells whether there are more.
    let range = (root.id().to_bytes(), place::key(room_no, after.to_i64()), rows::limit(size) + 1);
    let mut items = rows::all(&mut *connection.prepare_cached(&sql)?, range, |row| message(row, room_id))?;
    let more = items.len() > size.get();
    items.truncate(size.get());
    Ok(ThreadPage { items, more })
}

/// Gives the messages whose latest change is after that one, by change.
pub(crate) fn changes(
    connection: &Connection,
    room_id: RoomId,
    after: RoomRev,
    size: PageSize,
) -> Result<ChangesPage, Failure> {
    let Some(timeline) = timeline(connection, room_id)? else {
        return Ok(ChangesPage { items: Vec::new(), head: RoomHead::default(), more: false });
    };
    let sql = format!(
        "SELECT {MESSAGE_COLUMNS} FROM messages m {WITH_ANSWERED} WHERE m.change > ?1 AND m.change <= ?2 \
         ORDER BY m.change LIMIT ?3"
    );
    let Timeline { room_no, head, .. } = timeline;
    // One more than asked for tells whether there are more.
    let range = (place::key(room_no, after.to_i64()), place::key(room_no, place::MAX), rows::limit(size) + 1);
    let mut items = rows::all(&mut *connection.prepare_cached(&sql)?, range, |row| message(row, room_id))?;
    let more = items.len() > size.get();
    items.truncate(size.get());
    Ok(ChangesPage { items, head, more })
}

#[cfg(test)]
mod tests {
    use testkit::page_size;

    use super::*;

    fn places(head: u64, anchor: PageAnchor, size: u16) -> (i64, i64) {
        window(seq(head), anchor, page_size(size))
    }

    fn seq(number: u64) -> RoomSeq {
        RoomSeq::new(number).unwrap()
    }

    #[test]
    fn windows_stay_within_the_timeline() {
        assert_eq!(places(10, PageAnchor::Latest, 3), (7, 10));
        assert_eq!(places(2, PageAnchor::Latest, 3), (0, 2));
        assert_eq!(places(10, PageAnchor::Before(seq(4)), 2), (1, 3));
        assert_eq!(places(10, PageAnchor::Before(seq(0)), 2), (0, 0));
        assert_eq!(places(10, PageAnchor::Before(RoomSeq::MAX), 2), (8, 10));
        assert_eq!(places(10, PageAnchor::After(seq(9)), 5), (9, 10));
        assert_eq!(places(10, PageAnchor::After(RoomSeq::MAX), 5), (10, 10));
        assert_eq!(places(10, PageAnchor::Around(seq(5)), 4), (2, 6));
        assert_eq!(places(10, PageAnchor::Around(seq(1)), 1), (0, 1));
        assert_eq!(places(0, PageAnchor::Around(seq(1)), 4), (0, 0));
    }
}
