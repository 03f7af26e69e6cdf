//! The checksum every row carries, so that a damaged value is found even where the file's structure is whole.

use domain::model::Id;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Params, Row, params_from_iter};

use crate::error::Failure;

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// Computes the checksum over some values in their order: FNV-1a, 64 bits (Fowler, Noll, Vo), over a tag, the
/// length and the bytes of each. Every step maps different states to different states, so a change within one byte
/// is always found. It guards against accidents, not against somebody who recomputes it.
pub(crate) fn checksum(values: &[ValueRef<'_>]) -> i64 {
    values.iter().fold(OFFSET, |hash, value| absorb(hash, *value)).cast_signed()
}

fn absorb(hash: u64, value: ValueRef<'_>) -> u64 {
    match value {
        ValueRef::Null => mix(hash, &[0]),
        ValueRef::Integer(number) => mix(mix(hash, &[1]), &number.to_le_bytes()),
        ValueRef::Real(number) => mix(mix(hash, &[2]), &number.to_bits().to_le_bytes()),
        ValueRef::Text(bytes) => mix(mix(mix(hash, &[3]), &bytes.len().to_le_bytes()), bytes),
        ValueRef::Blob(bytes) => mix(mix(mix(hash, &[4]), &bytes.len().to_le_bytes()), bytes),
    }
}

fn mix(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME))
}

/// A table whose rows carry a checksum in the column `checksum`.
#[derive(Debug)]
pub(crate) struct SealedTable {
    /// Its name.
    pub(crate) name: &'static str,
    /// The columns under the checksum, in its order. All that name the row come first.
    pub(crate) columns: &'static str,
    /// The condition that finds one row, with `?1` and `?2` for its key.
    pub(crate) key: &'static str,
}

pub(crate) const DATASET: SealedTable =
    SealedTable { name: "dataset", columns: "only_row, epoch", key: "only_row = ?1" };
pub(crate) const USERS: SealedTable = SealedTable {
    name: "users",
    columns: "user_id, user_no, username, name_key, name_skeleton, email, is_admin, disabled, created_at, \
              password_hash, shows_typing, shows_receipts, shows_presence",
    key: "user_id = ?1",
};
pub(crate) const SESSIONS: SealedTable = SealedTable {
    name: "sessions",
    columns: "session_id, session_no, user_id, created_at, refreshed_at, expires_at, device, current_digest",
    key: "session_id = ?1",
};
pub(crate) const SESSION_DIGESTS: SealedTable =
    SealedTable { name: "session_digests", columns: "digest, session_id", key: "digest = ?1" };
pub(crate) const ROOMS: SealedTable = SealedTable {
    name: "rooms",
    columns: "room_id, room_no, name, kind, topic, created_at, archived_at, edit_window",
    key: "room_id = ?1",
};
pub(crate) const MEMBERSHIPS: SealedTable = SealedTable {
    name: "memberships",
    columns: "room_id, user_id, role, joined_at, read_seq",
    key: "room_id = ?1 AND user_id = ?2",
};
pub(crate) const MESSAGES: SealedTable = SealedTable {
    name: "messages",
    columns: "place, change, message_id, author_id, author_name, kind, body, created_at, nonce, deleted_at, \
              deleted_by, posted_rev, change_kind, version, edited_at, mentions, reactions, pinned_at, pinned_by, \
              thread_id, reply_id, reply_place",
    key: "place = ?1",
};
pub(crate) const VERSIONS: SealedTable =
    SealedTable { name: "versions", columns: "place, version, body, since", key: "place = ?1 AND version = ?2" };
pub(crate) const FOLLOWS: SealedTable =
    SealedTable { name: "follows", columns: "root_id, user_id, follows", key: "root_id = ?1 AND user_id = ?2" };
pub(crate) const PRESENCES: SealedTable = SealedTable {
    name: "presences",
    columns: "user_id, availability, status_text, until, last_seen_at",
    key: "user_id = ?1",
};

/// Every sealed table.
pub(crate) const SEALED_TABLES: [&SealedTable; 10] =
    [&DATASET, &USERS, &SESSIONS, &SESSION_DIGESTS, &ROOMS, &MEMBERSHIPS, &MESSAGES, &VERSIONS, &FOLLOWS, &PRESENCES];

impl SealedTable {
    /// Writes the checksum of one row anew, after it was inserted or changed.
    pub(crate) fn seal(&self, connection: &Connection, key: impl Params + Clone) -> Result<(), Failure> {
        let Self { name, columns, key: condition } = self;
        let mut read = connection.prepare_cached(&format!("SELECT {columns} FROM {name} WHERE {condition}"))?;
        let sum = read.query_row(key.clone(), |row| checksum_of(row, read_width(columns)))?;
        // The checksum is put into the statement's text, so that the key keeps its numbers; hence not cached.
        connection.execute(&format!("UPDATE {name} SET checksum = {sum} WHERE {condition}"), key)?;
        Ok(())
    }

    /// Gives every row whose checksum is wrong, at most that many, by what names it.
    pub(crate) fn broken_rows(&self, connection: &Connection, most: usize) -> Result<Vec<String>, rusqlite::Error> {
        let Self { name, columns, .. } = self;
        let width = read_width(columns);
        let mut read = connection.prepare(&format!("SELECT {columns}, checksum FROM {name}"))?;
        let mut rows = read.query([])?;
        let mut broken = Vec::new();
        while let Some(row) = rows.next()? {
            if checksum_of(row, width)? != row.get::<_, i64>(width)? {
                broken.push(describe(row.get_ref(0)?));
                if broken.len() == most {
                    break;
                }
            }
        }
        Ok(broken)
    }
}

fn read_width(columns: &str) -> usize {
    columns.split(',').count()
}

fn checksum_of(row: &Row<'_>, width: usize) -> Result<i64, rusqlite::Error> {
    let values = (0..width).map(|index| row.get_ref(index)).collect::<Result<Vec<_>, _>>()?;
    Ok(checksum(&values))
}

fn describe(key: ValueRef<'_>) -> String {
    match key {
        ValueRef::Blob(bytes) => match <[u8; 12]>::try_from(bytes) {
            Ok(id) => Id::from_bytes(id).to_string(),
            Err(_) => "a digest".to_owned(),
        },
        other => match Value::try_from(other) {
            Ok(Value::Integer(number)) => number.to_string(),
            Ok(Value::Text(text)) => text,
            Ok(Value::Null | Value::Real(_) | Value::Blob(_)) | Err(_) => "?".to_owned(),
        },
    }
}

/// Runs an insertion of those values in their order, followed by their checksum.
pub(crate) fn insert_sealed(
    connection: &Connection,
    sql: &str,
    values: &[ValueRef<'_>],
) -> Result<usize, rusqlite::Error> {
    let sum = [ValueRef::Integer(checksum(values))];
    let bound = values.iter().chain(&sum).map(|value| rusqlite::types::ToSqlOutput::Borrowed(*value));
    connection.prepare_cached(sql)?.execute(params_from_iter(bound))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_flipped_bit_changes_the_checksum() {
        let text = b"a text of some length, with \x00 in it".to_vec();
        let sum = checksum(&[ValueRef::Integer(7), ValueRef::Text(&text)]);
        for bit in 0..text.len() * 8 {
            let mut flipped = text.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(sum, checksum(&[ValueRef::Integer(7), ValueRef::Text(&flipped)]), "bit {bit}");
        }
    }

    #[test]
    fn values_do_not_run_into_each_other() {
        let apart = checksum(&[ValueRef::Text(b"ab"), ValueRef::Text(b"c")]);
        assert_ne!(apart, checksum(&[ValueRef::Text(b"a"), ValueRef::Text(b"bc")]));
        assert_ne!(checksum(&[ValueRef::Null]), checksum(&[ValueRef::Text(b"")]));
        assert_ne!(checksum(&[ValueRef::Text(b"a")]), checksum(&[ValueRef::Blob(b"a")]));
    }
}
