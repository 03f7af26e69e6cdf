//! Finding damage.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

mod common;

use std::path::Path;

use common::{database, lived_in};
use infra_sqlite::{backup, verify, verify_file};
use rusqlite::Connection;

/// Everything a question could find, or why it can't be asked.
fn contents(file: &Path) -> Result<Vec<String>, rusqlite::Error> {
    let connection = Connection::open(file)?;
    let mut found = Vec::new();
    for table in [
        "dataset",
        "users",
        "sessions",
        "session_digests",
        "rooms",
        "memberships",
        "messages",
        "versions",
        "mentions",
        "follows",
        "presences",
    ] {
        let mut question = connection.prepare(&format!("SELECT * FROM {table} NOT INDEXED ORDER BY 1"))?;
        let width = question.column_count();
        let mut rows = question.query([])?;
        while let Some(row) = rows.next()? {
            for index in 0..width {
                found.push(format!("{:?}", row.get_ref(index)?));
            }
        }
    }
    Ok(found)
}

#[tokio::test]
async fn one_flipped_bit_is_found_wherever_it_changes_what_is_stored() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = (dir.path().join("data"), dir.path().join("backup.db"));
    let _furnished = lived_in(&data).await;
    backup(&data, &file).unwrap();
    let whole = std::fs::read(&file).unwrap();
    let expected = contents(&file).unwrap();
    let damaged = dir.path().join("damaged.db");
    let text = whole.windows(9).position(|window| window == b"that will").unwrap();
    // Every bit of a text, and bits all over the file.
    let bits = (text * 8..(text + 9) * 8).chain((0..whole.len() * 8).step_by(1601));
    let mut found = 0;
    for bit in bits {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(&damaged, &bytes).unwrap();
        match verify_file(&damaged) {
            Ok(faults) if faults.is_empty() => {
                assert_eq!(contents(&damaged).as_ref(), Ok(&expected), "bit {bit} was not found");
            }
            Ok(_) | Err(_) => found += 1,
        }
    }
    assert!(found > 9 * 8, "only {found} were found");
}

/// Does each damage to a whole store and looks for what must be said of it.
async fn assert_named(cases: &[(&str, &str)]) {
    let dir = tempfile::tempdir().unwrap();
    drop(lived_in(dir.path()).await);
    assert_eq!(verify(dir.path()).unwrap(), Vec::<String>::new());
    let whole = std::fs::read(database(dir.path())).unwrap();
    let mut missed = Vec::new();
    for (damage, complaint) in cases {
        std::fs::write(database(dir.path()), &whole).unwrap();
        let connection = Connection::open(database(dir.path())).unwrap();
        let done = connection.execute_batch(damage);
        drop(connection);
        let faults = verify(dir.path()).unwrap();
        if done.is_err() || !faults.iter().any(|fault| fault.contains(complaint)) {
            missed.push(format!("{damage}: {done:?} {faults:?}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[tokio::test]
async fn broken_rules_are_named() {
    assert_named(&[
        ("UPDATE rooms SET head_seq = head_seq + 1", "and its head is 6"),
        ("UPDATE rooms SET head_rev = head_rev + 1", "has changes up to 10, and its head is 11"),
        ("UPDATE rooms SET member_count = 7", "has 2 members and counts 7"),
        ("DELETE FROM messages WHERE place & 255 = 2", "has 4 messages at places 1 to 5"),
        ("UPDATE messages SET body = 'again' WHERE body IS NULL", "is neither whole nor a tombstone"),
        ("PRAGMA foreign_keys = OFF; UPDATE messages SET place = place + (5 << 40)", "is in no room"),
        ("UPDATE messages SET author_id = zeroblob(12)", "has an author who does not exist"),
        ("UPDATE messages SET body = 'other' WHERE body = 'twice'", "its checksum is wrong"),
        ("UPDATE users SET name_key = 'other' WHERE username = 'bob'", "is kept under another name"),
        ("PRAGMA foreign_keys = OFF; DELETE FROM users", "refers to one of users that does not exist"),
        ("DELETE FROM session_digests", "does not know its refresh token"),
        ("DELETE FROM dataset", "has 0 names instead of one"),
        ("DROP INDEX messages_by_nonce", "aren't as the migrations make them"),
    ])
    .await;
}

#[tokio::test]
async fn broken_rules_of_conversations_are_named() {
    assert_named(&[
        ("UPDATE messages SET posted_rev = 99 WHERE body = 'twice'", "was posted under change 99, and its latest, 7"),
        ("UPDATE messages SET posted_rev = 0 WHERE body = 'twice'", "was posted under change 0"),
        ("UPDATE messages SET change_kind = 'edit' WHERE version = 1", "is a edit"),
        ("UPDATE messages SET posted_rev = 1 WHERE body = 'twice'", "was posted under change 1, after 2"),
        ("UPDATE messages SET posted_rev = 3 WHERE body = 'twice'", "was posted under the latest change of another, 3"),
        ("UPDATE messages SET reactions = x'00' WHERE body IS NULL", "is neither whole nor a tombstone"),
        ("UPDATE messages SET change_kind = 'pin' WHERE body IS NULL", "is neither whole nor a tombstone"),
        ("UPDATE messages SET edited_at = NULL", "is version 2, which its times do not say"),
        ("UPDATE messages SET version = 101", "is version 101"),
        ("UPDATE messages SET pinned_by = NULL", "is half pinned"),
        ("DELETE FROM versions", "has 0 earlier texts, up to version 0, and is version 2"),
        ("UPDATE versions SET version = 2", "has 1 earlier texts, up to version 2, and is version 2"),
        ("UPDATE versions SET place = place - 1", "has 1 earlier texts, up to version 1, and is version none"),
        ("PRAGMA foreign_keys = OFF; UPDATE versions SET place = 7", "refers to one of messages that does not exist"),
        ("UPDATE versions SET body = 'never'", "versions 1099511627779 is damaged"),
        ("UPDATE messages SET reply_place = place + 1", "answers none that was in its room before it"),
        ("UPDATE messages SET reply_place = reply_place + 1", "answers none that was in its room before it"),
        ("UPDATE messages SET reply_id = NULL", "answers none that was in its room before it"),
        (
            "UPDATE messages SET thread_id = zeroblob(12) WHERE thread_id NOTNULL",
            "is in a thread that none in its room",
        ),
        ("UPDATE messages SET thread_id = message_id", "is in a thread that none in its room"),
        ("UPDATE memberships SET read_seq = 6", "has read up to message 6 of room"),
        ("UPDATE memberships SET read_seq = -1", "has read up to message -1 of room"),
        ("UPDATE memberships SET read_seq = 3", "memberships 00000000"),
        ("UPDATE messages SET mentions = x'04'", "has mentions that can't be read"),
        ("UPDATE messages SET mentions = x'02' WHERE mentions = x'01'", "messages 1099511627781 is damaged"),
        ("UPDATE messages SET reactions = x'00' WHERE reactions NOTNULL", "has reactions that can't be read"),
        ("UPDATE messages SET reactions = CAST(reactions || reactions AS BLOB)", "has reactions that can't be read"),
        ("DELETE FROM mentions WHERE target = x''", "calls somebody, and it isn't counted"),
        ("UPDATE mentions SET author_id = zeroblob(12)", "calls somebody, and it isn't counted"),
        ("UPDATE mentions SET target = zeroblob(12) WHERE target = x''", "calls somebody, and it isn't counted"),
        (
            "INSERT INTO mentions VALUES (zeroblob(12), 1, zeroblob(12))",
            "4 mentions are counted, and the messages have 3",
        ),
        ("UPDATE follows SET follows = 0", "follows 00000000"),
        ("PRAGMA foreign_keys = OFF; UPDATE follows SET root_id = zeroblob(12)", "refers to one of messages"),
        ("UPDATE presences SET until = until + 1", "presences 00000000"),
        ("UPDATE users SET shows_receipts = 0", "users 00000000"),
        ("UPDATE rooms SET edit_window = 5", "rooms 00000000"),
        ("DROP INDEX messages_never_unread", "aren't as the migrations make them"),
    ])
    .await;
}
