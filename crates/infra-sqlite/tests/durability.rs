//! What was acknowledged is there after whatever ends the process.

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use common::{furnish, latest, open};
use domain::model::{PageAnchor, RoomRef, RoomSeq};
use infra_sqlite::verify;
use testkit::{a_message, a_reply, an_edit, page_size, room_name, username};
use tokio::task::JoinSet;

#[tokio::test]
async fn everything_is_there_after_closing_and_opening_again() {
    let dir = tempfile::tempdir().unwrap();
    let before = furnish(dir.path()).await;
    let kept = before.post("kept").await;
    let doomed = before.post("doomed").await;
    let tombstone = before.delete(&doomed).await;
    let epoch = before.store.dataset().epoch().await.unwrap();
    before.store.close().await.unwrap();
    let (ann, room) = (before.ann.clone(), before.room.clone());
    drop(before);

    let store = open(dir.path());
    assert_eq!(store.users().find(ann.id).await.unwrap(), Some(ann.clone()));
    assert_eq!(latest(&store, &room).await, [kept, tombstone]);
    assert_eq!(store.dataset().epoch().await.unwrap(), epoch);
    let next = store.messages().append(a_message(room.id, &ann, "next")).await.unwrap().message;
    assert_eq!((next.seq.get(), next.rev.get()), (3, 4));
}

#[tokio::test]
async fn dropping_without_closing_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let before = furnish(dir.path()).await;
    let message = before.post("kept").await;
    let room = before.room.clone();
    drop(before);
    assert_eq!(latest(&open(dir.path()), &room).await, [message]);
}

#[tokio::test]
async fn a_closed_store_leaves_one_file_without_a_log() {
    let dir = tempfile::tempdir().unwrap();
    let furnished = furnish(dir.path()).await;
    furnished.post("a text").await;
    furnished.store.close().await.unwrap();
    drop(furnished);
    let mut names: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["chinwag.db", "chinwag.lock"]);
}

#[tokio::test]
async fn a_deleted_text_is_gone_from_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let furnished = furnish(dir.path()).await;
    // Too long for one page of the file.
    let long = "secret 👍👍👍👍 ".repeat(300);
    let (short, long) = (furnished.post("a short secret").await, furnished.post(&long).await);
    let edited = furnished.change(short.id, an_edit(&short, "a new secret")).await;
    // Quotes the text when it is shown, not when it is stored.
    furnished.store.messages().append(a_reply(&edited, &furnished.ann, "an answer")).await.unwrap();
    for message in [edited, long] {
        furnished.delete(&message).await;
    }
    let answer = furnished.latest().await.pop().unwrap().reply_to.unwrap();
    assert_eq!((answer.id, answer.excerpt), (short.id, None));
    furnished.store.close().await.unwrap();
    drop(furnished);
    let bytes = std::fs::read(common::database(dir.path())).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"secret"));
}

const CHILD_DIR: &str = "CHINWAG_TEST_CHILD_DIR";

/// Not a test by itself: the process that the next test kills. It posts from eight tasks and says what was
/// acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_that_posts_until_it_is_killed() {
    let Ok(dir) = std::env::var(CHILD_DIR) else { return };
    let store = open(dir.as_ref());
    let ann = store.users().find_credentials(&username("ann")).await.unwrap().unwrap().user;
    let room = store.rooms().find(&RoomRef::Name(room_name("general"))).await.unwrap().unwrap();
    let mut tasks = JoinSet::new();
    for task in 0..8 {
        let (store, ann, room_id) = (store.clone(), ann.clone(), room.id);
        tasks.spawn(async move {
            for number in 0.. {
                // Ids of the test kit begin anew in every process, so this one takes its own from process and number.
                let mut new = a_message(room_id, &ann, &format!("{task} {number}"));
                let mut bytes = [0; 12];
                bytes[..4].copy_from_slice(&std::process::id().to_be_bytes());
                bytes[4] = task;
                bytes[5..].copy_from_slice(&u64::to_be_bytes(number)[1..]);
                new.id = domain::model::MessageId::new(domain::model::Id::from_bytes(bytes));
                let message = store.messages().append(new).await.unwrap().message;
                println!("\nacknowledged {} {}", message.seq, message.id);
            }
        });
    }
    tasks.join_all().await;
}

#[tokio::test]
async fn a_killed_process_loses_and_doubles_nothing_that_was_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    drop(furnish(dir.path()).await);
    for _ in 0..5 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_that_posts_until_it_is_killed", "--nocapture"])
            .env(CHILD_DIR, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut acknowledged = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            if let Some(message) = line.unwrap().strip_prefix("acknowledged ") {
                acknowledged.push(message.to_owned());
            }
            // The lines still under way after the kill count as well.
            if acknowledged.len() == 300 {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(acknowledged.len() >= 300, "the child ended by itself");

        let store = open(dir.path());
        let room = store.rooms().find(&RoomRef::Name(room_name("general"))).await.unwrap().unwrap();
        for line in &acknowledged {
            let (seq, id) = line.split_once(' ').unwrap();
            let after = RoomSeq::new(seq.parse::<u64>().unwrap() - 1).unwrap();
            let page = store.messages().page(room.id, PageAnchor::After(after), page_size(1)).await.unwrap();
            assert_eq!(page.items[0].id.to_string(), id, "acknowledged at {seq}");
        }
        assert_eq!(verify(dir.path()).unwrap(), Vec::<String>::new());
    }
}
