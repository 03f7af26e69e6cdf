//! A data directory of an older schema is brought up without loss.
#![expect(clippy::unwrap_used, reason = "a test ends at the first fault")]

mod common;

use std::path::Path;

use common::{database, open};
use domain::model::{
    ChangeKind, Message, NewMessage, PageAnchor, Privacy, ReadState, Room, RoomRef, RoomSeq, User, Version,
};
use infra_sqlite::{SqliteStore, migration_status, restore, verify};
use rusqlite::Connection;
use testkit::{a_message, a_nonce, page_size, room_name, username};

const SCHEMA_1: &str = include_str!("../../../migrations/sqlite/0001_first_tables.sql");
const ROWS_1: &str = include_str!("data/schema_1.sql");

fn write_schema_1(file: &Path) -> Connection {
    let connection = Connection::open(file).unwrap();
    connection.execute_batch(SCHEMA_1).unwrap();
    connection.execute_batch(ROWS_1).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    connection
}

async fn user(store: &SqliteStore, name: &str) -> User {
    store.users().find_credentials(&username(name)).await.unwrap().unwrap().user
}

async fn room(store: &SqliteStore, name: &str) -> Room {
    store.rooms().find(&RoomRef::Name(room_name(name))).await.unwrap().unwrap()
}

async fn messages(store: &SqliteStore, room: &Room) -> Vec<Message> {
    store.messages().page(room.id, PageAnchor::Latest, page_size(100)).await.unwrap().items
}

fn numbers(messages: &[Message]) -> Vec<(u64, u64, u64)> {
    messages.iter().map(|message| (message.seq.get(), message.posted_rev.get(), message.rev.get())).collect()
}

#[tokio::test]
async fn a_store_of_the_first_schema_is_brought_up_without_loss() {
    let dir = tempfile::tempdir().unwrap();
    drop(write_schema_1(&database(dir.path())));
    assert_eq!(migration_status(dir.path()).unwrap().current, 1);
    let store = open(dir.path());
    let (ann, alice) = (user(&store, "testuser").await, user(&store, "alice").await);
    assert_eq!(ann.privacy, Privacy::default());

    let general = room(&store, "general").await;
    let found = messages(&store, &general).await;
    let texts: Vec<_> = found.iter().map(|message| message.body().map(domain::model::MessageBody::as_str)).collect();
    let expected = [Some("the first"), None, Some("the third 👍"), None, Some("the fifth"), None, Some("the seventh")];
    assert_eq!(texts, expected);
    // Under which change a tombstone was posted is worked out from the numbers nothing else has.
    let expected = [(1, 1, 1), (2, 2, 3), (3, 4, 4), (4, 5, 9), (5, 6, 6), (6, 7, 8), (7, 10, 10)];
    assert_eq!(numbers(&found), expected);
    for message in &found {
        let expected = if message.is_deleted() { ChangeKind::Delete } else { ChangeKind::Post };
        assert_eq!(message.change, expected);
        assert!(message.content().is_none_or(|content| content.version == Version::FIRST));
    }
    assert_eq!(numbers(&messages(&store, &room(&store, "quiet").await).await), [(1, 1, 1), (2, 2, 3)]);
    assert_eq!(verify(dir.path()).unwrap(), Vec::<String>::new());

    let read_states = store.read_states();
    let read = |user: &User| read_states.read_state(general.id, user.id);
    let all_read = ReadState { read_seq: RoomSeq::new(7).unwrap(), unread: 0, mentions: 0 };
    assert_eq!((read(&ann).await.unwrap(), read(&alice).await.unwrap()), (Some(all_read), Some(all_read)));
    let again = NewMessage { nonce: Some(a_nonce("nonce-of-the-first")), ..a_message(general.id, &ann, "the first") };
    assert!(store.messages().append(again).await.unwrap().duplicate);
    let next = store.messages().append(a_message(general.id, &ann, "the eighth")).await.unwrap().message;
    assert_eq!((next.seq.get(), next.rev.get()), (8, 11));
    assert_eq!(read(&alice).await.unwrap(), Some(ReadState { unread: 1, ..all_read }));
    assert_eq!(verify(dir.path()).unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn what_was_damaged_before_is_still_found_afterwards() {
    for (damage, complaint) in [
        ("UPDATE messages SET body = 'another' WHERE body = 'the third 👍'", "messages 1099511627779 is damaged"),
        ("UPDATE users SET created_at = 0 WHERE username = 'alice'", "users 6b0afa069a3ddbae21f84c61 is damaged"),
        ("UPDATE memberships SET joined_at = 0", "memberships 6b0afa069a3ddbae21f84c60 is damaged"),
        ("UPDATE rooms SET topic = 'another' WHERE name = 'empty'", "rooms 6b0afa079a3ddbae21f84c6c is damaged"),
        // Such a number must not keep the upgrade busy for ever, either.
        ("UPDATE messages SET change = change + 1000000000 WHERE body = 'the seventh'", "has changes up to 1000000010"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        write_schema_1(&database(dir.path())).execute_batch(damage).unwrap();
        drop(open(dir.path()));
        let faults = verify(dir.path()).unwrap();
        assert!(faults.iter().any(|fault| fault.contains(complaint)), "{damage}: {faults:?}");
    }
}

#[tokio::test]
async fn a_backup_of_the_first_schema_can_be_put_back() {
    let dir = tempfile::tempdir().unwrap();
    let (file, other) = (dir.path().join("backup.db"), dir.path().join("other"));
    drop(write_schema_1(&file));
    restore(&file, &other).unwrap();
    assert_eq!(verify(&other).unwrap(), Vec::<String>::new());
    let store = open(&other);
    assert_eq!(messages(&store, &room(&store, "general").await).await.len(), 7);
}
