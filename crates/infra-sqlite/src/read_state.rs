//! What a read position leaves, counted without reading the history.

use domain::model::{ReadState, RoomId, RoomSeq, UserId};
use rusqlite::{Connection, Row};

use crate::error::{Failure, corrupt};
use crate::rows;

/// The columns [`read_state`] reads from the rooms `r` and the memberships `m`: the position, how many messages after it
/// are unread, and how many of those call the member.
///
/// A timeline is dense, so the messages after a position are `head_seq - read_seq`; one's own, tombstones and what the
/// server says are taken off, each by a range of an index. Mentions are ranges of their table: those by name and those
/// of everybody, of which a message makes only one kind.
pub(crate) const READ_STATE_COLUMNS: &str = "m.read_seq, \
     r.head_seq - m.read_seq \
     - (SELECT count(*) FROM messages x INDEXED BY messages_by_author WHERE x.author_id = m.user_id \
        AND x.place > (r.room_no << 40) + m.read_seq AND x.place <= (r.room_no << 40) + 1099511627775) \
     - (SELECT count(*) FROM messages x INDEXED BY messages_never_unread \
        WHERE x.place > (r.room_no << 40) + m.read_seq AND x.place <= (r.room_no << 40) + 1099511627775 \
        AND x.author_id <> m.user_id AND (x.deleted_at IS NOT NULL OR x.kind = 'system')), \
     (SELECT count(*) FROM mentions x WHERE x.target = m.user_id AND x.place > (r.room_no << 40) + m.read_seq \
        AND x.place <= (r.room_no << 40) + 1099511627775 AND x.author_id <> m.user_id) \
     + (SELECT count(*) FROM mentions x WHERE x.target = x'' AND x.place > (r.room_no << 40) + m.read_seq \
        AND x.place <= (r.room_no << 40) + 1099511627775 AND x.author_id <> m.user_id)";

/// Reads [`READ_STATE_COLUMNS`]; nothing where there is no membership.
pub(crate) fn read_state(row: &Row<'_>, from: usize) -> Result<Option<ReadState>, Failure> {
    let Some(read_seq) = row.get::<_, Option<i64>>(from)? else { return Ok(None) };
    let count = |index| u64::try_from(row.get::<_, i64>(index)?).map_err(|_| corrupt("a negative number of messages"));
    let read_seq = RoomSeq::from_i64(read_seq).ok_or_else(|| corrupt("a negative position"))?;
    Ok(Some(ReadState { read_seq, unread: count(from + 1)?, mentions: count(from + 2)? }))
}

/// Gives where a member stands; nothing if they aren't one.
pub(crate) fn of_member(
    connection: &Connection,
    room_id: RoomId,
    user_id: UserId,
) -> Result<Option<ReadState>, Failure> {
    let sql = format!(
        "SELECT {READ_STATE_COLUMNS} FROM rooms r JOIN memberships m ON m.room_id = r.room_id \
         WHERE r.room_id = ?1 AND m.user_id = ?2"
    );
    let key = (room_id.id().to_bytes(), user_id.id().to_bytes());
    Ok(rows::one(&mut *connection.prepare_cached(&sql)?, key, |row| read_state(row, 0))?.flatten())
}

/// Gives what that position leaves to that user.
pub(crate) fn at_position(
    connection: &Connection,
    room_id: RoomId,
    user_id: UserId,
    read_seq: RoomSeq,
) -> Result<ReadState, Failure> {
    let sql = format!(
        "SELECT {READ_STATE_COLUMNS} FROM rooms r JOIN (SELECT ?2 AS user_id, ?3 AS read_seq) m WHERE r.room_id = ?1"
    );
    let key = (room_id.id().to_bytes(), user_id.id().to_bytes(), read_seq.to_i64());
    let found = rows::one(&mut *connection.prepare_cached(&sql)?, key, |row| read_state(row, 0))?.flatten();
    found.ok_or_else(|| corrupt("a position in no room"))
}

#[cfg(test)]
mod tests {
    use testkit::{a_membership, a_message, a_room, a_user};

    use super::*;
    use crate::job::Touches;
    use crate::{SqliteOptions, SqliteStore};

    async fn two_in_a_room(store: &SqliteStore) -> (RoomId, UserId) {
        let (ann, bob) = (a_user("ann"), a_user("bob"));
        let room = a_room("general", ann.user.id);
        store.users().insert(ann.clone()).await.unwrap();
        store.users().insert(bob.clone()).await.unwrap();
        store.rooms().insert(room.clone()).await.unwrap();
        store.memberships().join(a_membership(room.room.id, bob.user.id)).await.unwrap();
        for text in ["first", "second", "third"] {
            store.messages().append(a_message(room.room.id, &ann.user, text)).await.unwrap();
        }
        (room.room.id, bob.user.id)
    }

    #[tokio::test]
    async fn counting_looks_only_at_ranges_of_indexes() {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(dir.path(), &SqliteOptions::default()).unwrap();
        let plan = move |connection: &Connection| {
            let sql = format!(
                "EXPLAIN QUERY PLAN SELECT {READ_STATE_COLUMNS} FROM rooms r \
                 JOIN memberships m ON m.room_id = r.room_id WHERE m.user_id = ?1"
            );
            rows::all(&mut *connection.prepare_cached(&sql)?, [[0_u8; 12]], |row| Ok(row.get::<_, String>(3)?))
        };
        let plan = store.shared().readers.read(plan).await.unwrap();
        let ranges = plan.iter().filter(|step| step.contains("SEARCH x")).count();
        assert_eq!((ranges, plan.iter().any(|step| step.contains("SCAN x"))), (4, false), "{plan:#?}");
        let covered = plan.iter().filter(|step| step.contains("COVERING INDEX messages_")).count();
        assert_eq!(covered, 2, "{plan:#?}");
    }

    #[tokio::test]
    async fn what_the_server_says_is_not_unread() {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(dir.path(), &SqliteOptions::default()).unwrap();
        let (room_id, bob) = two_in_a_room(&store).await;
        let speak = |writing: &mut crate::job::Writing<'_>| {
            Ok(writing.connection.execute("UPDATE messages SET kind = 'system' WHERE body = 'second'", [])?)
        };
        store.shared().writer.write(Touches::Rest, speak).await.unwrap();
        let state = store.read_states().read_state(room_id, bob).await.unwrap().unwrap();
        assert_eq!((state.read_seq.get(), state.unread, state.mentions), (0, 2, 0));
    }
}
