//! Backups, and putting them back.

mod common;

use common::{database, furnish, latest, lived_in, open};
use infra_sqlite::{OpenError, backup, restore, verify, verify_file};
use testkit::a_message;
use tokio::task::JoinSet;

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
    let (before, after) = (furnished.store.messages(), restored.messages());
    for message in &expected {
        assert_eq!(after.versions(message.id).await.unwrap(), before.versions(message.id).await.unwrap());
    }
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
