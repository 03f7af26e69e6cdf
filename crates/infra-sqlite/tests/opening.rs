//! What is refused at the door, and what happens when there is no space.

mod common;

use common::{database, furnish, open};
use domain::model::RoomRef;
use domain::port::{AppendError, RepositoryError};
use infra_sqlite::{DataDirLock, OpenError, SqliteOptions, SqliteStore, migrate, migration_status};
use rusqlite::Connection;
use testkit::{a_membership, a_message, a_user};

#[tokio::test]
async fn a_second_store_on_one_directory_is_refused_and_told_why() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path());
    let refused = SqliteStore::open(dir.path(), &SqliteOptions::default()).unwrap_err();
    assert!(matches!(refused, OpenError::InUse { .. }));
    assert!(refused.to_string().contains(&format!("(process {})", std::process::id())), "{refused}");
    drop(first);
    open(dir.path());
}

#[tokio::test]
async fn a_lock_taken_before_is_shared_with_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let lock = DataDirLock::acquire(dir.path()).unwrap();
    let store = SqliteStore::open_locked(lock.clone(), &SqliteOptions::default()).unwrap();
    drop(store);
    assert!(matches!(DataDirLock::acquire(dir.path()), Err(OpenError::InUse { .. })));
    drop(lock);
    DataDirLock::acquire(dir.path()).unwrap();
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path()));
    Connection::open(database(dir.path())).unwrap().pragma_update(None, "user_version", 4000).unwrap();
    for refused in [
        SqliteStore::open(dir.path(), &SqliteOptions::default()).map(drop),
        migration_status(dir.path()).map(drop),
        migrate(dir.path()).map(drop),
    ] {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, OpenError::NewerSchema { found: 4000, .. }), "{refused}");
    }
}

#[tokio::test]
async fn the_database_of_another_program_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    Connection::open(database(dir.path())).unwrap().execute_batch("CREATE TABLE theirs (a)").unwrap();
    let refused = SqliteStore::open(dir.path(), &SqliteOptions::default()).unwrap_err();
    assert!(matches!(refused, OpenError::NotOurs { .. }), "{refused}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(database(dir.path()), "not a database at all, but long enough to be taken for one".repeat(20))
        .unwrap();
    let refused = SqliteStore::open(dir.path(), &SqliteOptions::default()).unwrap_err();
    assert!(matches!(refused, OpenError::Database { .. }), "{refused}");
}

#[tokio::test]
async fn migrating_tells_what_it_did_and_then_has_nothing_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let before = migration_status(dir.path()).unwrap();
    assert_eq!(before.current, 0);
    assert_eq!(migrate(dir.path()).unwrap(), before.pending);
    let after = migration_status(dir.path()).unwrap();
    assert_eq!(after.current, before.pending.last().unwrap().number);
    assert_eq!((after.pending.len(), migrate(dir.path()).unwrap().len()), (0, 0));
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_what_is_stored() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("data");
    let furnished = furnish(&data_dir).await;
    furnished.post("a text").await;
    for (path, expected) in
        [(data_dir.clone(), 0o700), (database(&data_dir), 0o600), (data_dir.join("chinwag.db-wal"), 0o600)]
    {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, expected, "{}", path.display());
    }
}

#[tokio::test]
async fn a_full_store_refuses_and_recovers_when_there_is_space_again() {
    let dir = tempfile::tempdir().unwrap();
    let furnished = furnish(dir.path()).await;
    furnished.post("kept").await;
    furnished.store.limit_pages(1).await.unwrap();
    let text = "x".repeat(4000);
    let refused = loop {
        let new = a_message(furnished.room.id, &furnished.ann, &text);
        if let Err(error) = furnished.store.messages().append(new).await {
            break error;
        }
    };
    assert!(matches!(refused, AppendError::Repository(RepositoryError::StorageFull(_))), "{refused:?}");
    assert!(matches!(furnished.store.dataset().check().await, Err(RepositoryError::StorageFull(_))));
    let stored = furnished.latest().await;
    assert_eq!(stored[0].body().unwrap().as_str(), "kept", "reading goes on");

    furnished.store.limit_pages(1_000_000).await.unwrap();
    let next = furnished.post("there is space again").await;
    assert_eq!(next.seq.get(), u64::try_from(stored.len()).unwrap() + 1, "no number was used up");
    furnished.store.dataset().check().await.unwrap();
}

#[tokio::test]
async fn what_the_writer_remembers_of_a_room_follows_joining_and_leaving() {
    let dir = tempfile::tempdir().unwrap();
    let furnished = furnish(dir.path()).await;
    let bob = a_user("bob");
    furnished.store.users().insert(bob.clone()).await.unwrap();
    let (rooms, memberships, room_id) = (furnished.store.rooms(), furnished.store.memberships(), furnished.room.id);
    let by_id = RoomRef::Id(room_id);
    for _ in 0..3 {
        assert!(rooms.access(&by_id, bob.user.id).await.unwrap().unwrap().membership.is_none());
        let early = furnished.store.messages().append(a_message(room_id, &bob.user, "early")).await;
        assert!(matches!(early, Err(AppendError::NotAMember)));
        memberships.join(a_membership(room_id, bob.user.id)).await.unwrap();
        assert!(rooms.access(&by_id, bob.user.id).await.unwrap().unwrap().membership.is_some());
        furnished.store.messages().append(a_message(room_id, &bob.user, "in")).await.unwrap();
        assert!(memberships.leave(room_id, bob.user.id).await.unwrap());
    }
    assert_eq!(furnished.latest().await.len(), 3);
}
