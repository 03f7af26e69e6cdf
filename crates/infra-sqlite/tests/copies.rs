//! Backups, putting them back, and finding damage.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

mod common;

use std::path::Path;

use common::{Furnished, database, furnish, latest, open};
use domain::model::TokenDigest;
use infra_sqlite::{OpenError, backup, restore, verify, verify_file};
use rusqlite::Connection;
use testkit::{a_message, a_nonce, a_session};
use tokio::task::JoinSet;

/// Two texts, a tombstone, a nonce and a session.
async fn lived_in(data_dir: &Path) -> Furnished {
    let furnished = furnish(data_dir).await;
    furnished.post("a text that will stay as it is").await;
    let doomed = furnished.post("a text that will go").await;
    furnished.delete(&doomed).await;
    let with_nonce = domain::model::NewMessage {
        nonce: Some(a_nonce("n-1")),
        ..a_message(furnished.room.id, &furnished.ann, "once")
    };
    furnished.store.messages().append(with_nonce).await.unwrap();
    let session = a_session(furnished.ann.id, TokenDigest::from_bytes([7; 32]));
    furnished.store.sessions().insert(session).await.unwrap();
    furnished
}

#[tokio::test]
async fn a_backup_put_back_is_the_same_under_a_new_epoch_with_nobody_signed_in() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file, other) = (dir.path().join("data"), dir.path().join("backup.db"), dir.path().join("other"));
    let furnished = lived_in(&data).await;
    backup(&data, &file).unwrap();
    assert_eq!(verify_file(&file).unwrap(), Vec::<String>::new());
    let later = furnished.post("after the backup").await;
    restore(&file, &other).unwrap();

    let restored = open(&other);
    let (mut expected, found) = (furnished.latest().await, latest(&restored, &furnished.room).await);
    assert_eq!(expected.pop(), Some(later));
    assert_eq!(found, expected);
    let (old, new) = (furnished.store.dataset().epoch().await.unwrap(), restored.dataset().epoch().await.unwrap());
    assert_ne!(old, new);
    assert_eq!(restored.sessions().list(furnished.ann.id).await.unwrap(), []);
    assert_eq!(verify(&other).unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_under_load_is_a_prefix_of_what_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let (data, other) = (dir.path().join("data"), dir.path().join("other"));
    let furnished = furnish(&data).await;
    let mut load = JoinSet::new();
    for task in 0..4 {
        let (messages, room_id, ann) = (furnished.store.messages(), furnished.room.id, furnished.ann.clone());
        load.spawn(async move {
            for number in 0..200 {
                messages.append(a_message(room_id, &ann, &format!("{task} {number}"))).await.unwrap();
            }
        });
    }
    for number in 0..5 {
        let file = dir.path().join(format!("backup-{number}.db"));
        let data = data.clone();
        tokio::task::spawn_blocking(move || backup(&data, &file)).await.unwrap().unwrap();
    }
    load.join_all().await;
    let all = furnished.latest().await;
    for number in 0..5 {
        let (file, other) = (dir.path().join(format!("backup-{number}.db")), other.join(number.to_string()));
        restore(&file, &other).unwrap();
        let found = latest(&open(&other), &furnished.room).await;
        assert_eq!(found, all[..found.len()], "backup {number}");
    }
}

#[tokio::test]
async fn nothing_that_exists_is_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = (dir.path().join("data"), dir.path().join("backup.db"));
    let furnished = lived_in(&data).await;
    backup(&data, &file).unwrap();
    let before = std::fs::read(&file).unwrap();
    assert!(matches!(backup(&data, &file), Err(OpenError::Exists { .. })));
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert!(matches!(restore(&file, &data), Err(OpenError::InUse { .. })));
    drop(furnished);
    assert!(matches!(restore(&file, &data), Err(OpenError::Exists { .. })));
    let names = std::fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(names, 2, "nothing half-made is left");
}

#[tokio::test]
async fn what_is_not_there_or_no_backup_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file, other) = (dir.path().join("data"), dir.path().join("backup.db"), dir.path().join("other"));
    assert!(matches!(backup(&data, &file), Err(OpenError::Missing { .. })));
    assert!(matches!(restore(&file, &other), Err(OpenError::Missing { .. })));
    let _furnished = lived_in(&data).await;
    // The file of a running store lacks what is in the log.
    assert!(matches!(restore(&database(&data), &other), Err(OpenError::Damaged { .. })));
    assert!(!database(&other).exists());
}

#[tokio::test]
async fn a_damaged_backup_is_not_put_back() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file, other) = (dir.path().join("data"), dir.path().join("backup.db"), dir.path().join("other"));
    let _furnished = lived_in(&data).await;
    backup(&data, &file).unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    let place = bytes.windows(9).position(|window| window == b"that will").unwrap();
    bytes[place] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let refused = restore(&file, &other).unwrap_err();
    assert!(matches!(&refused, OpenError::Damaged { faults, .. } if faults.len() == 1), "{refused}");
    assert!(!database(&other).exists());
}

/// Everything a question could find, or why it can't be asked.
fn contents(file: &Path) -> Result<Vec<String>, rusqlite::Error> {
    let connection = Connection::open(file)?;
    let mut found = Vec::new();
    for table in ["dataset", "users", "sessions", "session_digests", "rooms", "memberships", "messages"] {
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
    let bits = (text * 8..(text + 9) * 8).chain((0..whole.len() * 8).step_by(797));
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

#[tokio::test]
async fn broken_rules_are_named() {
    let dir = tempfile::tempdir().unwrap();
    drop(lived_in(dir.path()).await);
    let whole = std::fs::read(database(dir.path())).unwrap();
    for (damage, complaint) in [
        ("UPDATE rooms SET head_seq = head_seq + 1", "and its head is 4"),
        ("UPDATE rooms SET head_rev = head_rev + 1", "has changes up to 4, and its head is 5"),
        ("UPDATE rooms SET member_count = 7", "has 1 members and counts 7"),
        ("DELETE FROM messages WHERE place & 255 = 2", "has 2 messages at places 1 to 3"),
        ("UPDATE messages SET body = 'again' WHERE body IS NULL", "is neither whole nor a tombstone"),
        ("UPDATE messages SET place = place + (5 << 40)", "is in no room"),
        ("UPDATE messages SET author_id = zeroblob(12)", "has an author who does not exist"),
        ("UPDATE messages SET body = 'other' WHERE body = 'once'", "its checksum is wrong"),
        ("UPDATE users SET name_key = 'other'", "is kept under another name"),
        ("PRAGMA foreign_keys = OFF; DELETE FROM users", "refers to one of users that does not exist"),
        ("DELETE FROM session_digests", "does not know its refresh token"),
        ("DELETE FROM dataset", "has 0 names instead of one"),
        ("DROP INDEX messages_by_nonce", "aren't as the migrations make them"),
    ] {
        std::fs::write(database(dir.path()), &whole).unwrap();
        let connection = Connection::open(database(dir.path())).unwrap();
        connection.execute_batch(damage).unwrap();
        drop(connection);
        let faults = verify(dir.path()).unwrap();
        assert!(faults.iter().any(|fault| fault.contains(complaint)), "{damage}: {faults:?}");
    }
}
