//! Copies of the database: made while people talk, checked, and put back.

use tokio::task::JoinSet;

use crate::support::client::{Socket, history, log_in, whole_timeline};
use crate::support::command::{run, run_on};
use crate::support::place::{Place, Store};
use crate::support::server::Server;

#[tokio::test]
async fn a_backup_made_while_people_talk_is_whole_and_can_be_put_back() {
    let place = Place::new(Store::Sqlite).await;
    let server = Server::start(&place).await;
    let token = log_in(&server.url, "alice", "alicepass123").await;
    let mut socket = Socket::open(&server.url, "general", &token).await;
    socket.say("before").await;
    socket.hears("before").await;
    let file = place.file("copy.db");
    let path = file.to_str().unwrap();

    let mut writing = JoinSet::new();
    writing.spawn(async move {
        for number in 0..200 {
            socket.say(&format!("during {number}")).await;
            socket.hears(&format!("during {number}")).await;
        }
    });
    let said = run_on(&place.data_dir(), &["backup", path], "").await;
    assert_eq!(said.code, 0, "{}", said.stderr);
    let verified = run_on(&place.data_dir(), &["verify"], "").await;
    assert_eq!(verified.code, 0, "{} {}", verified.stdout, verified.stderr);
    writing.join_next().await.unwrap().unwrap();
    let there = whole_timeline(&server.url, "general", &token).await;

    assert_eq!(run_on(&place.data_dir(), &["verify", path], "").await.code, 0);

    let empty = Place::new(Store::Sqlite).await;
    let said = run_on(&empty.data_dir(), &["restore", path], "").await;
    assert_eq!(said.code, 0, "{}", said.stderr);
    let verified = run_on(&empty.data_dir(), &["verify"], "").await;
    assert_eq!(verified.code, 0, "{} {}", verified.stdout, verified.stderr);
    let restored = Server::start(&empty).await;
    let token = log_in(&restored.url, "alice", "alicepass123").await;
    let back = whole_timeline(&restored.url, "general", &token).await;
    assert!(!back.is_empty() && back.len() <= there.len());
    for (old, new) in there.iter().zip(&back) {
        assert_eq!((&old["_id"], &old["seq"], &old["content"]), (&new["_id"], &new["seq"], &new["content"]));
    }
    assert_eq!(
        history(&restored.url, "general", &token).await[0]["content"],
        back[back.len().saturating_sub(200)]["content"]
    );
}

#[tokio::test]
async fn nothing_is_overwritten() {
    let place = Place::new(Store::Sqlite).await;
    Server::start(&place).await.kill().await;
    let file = place.file("copy.db");
    let path = file.to_str().unwrap();
    assert_eq!(run_on(&place.data_dir(), &["backup", path], "").await.code, 0);
    let twice = run_on(&place.data_dir(), &["backup", path], "").await;
    assert_eq!(twice.code, 1);
    assert!(twice.stderr.contains("not overwritten"), "{}", twice.stderr);
    let full = run_on(&place.data_dir(), &["restore", path], "").await;
    assert_eq!(full.code, 1, "{}", full.stdout);
}

#[tokio::test]
async fn one_flipped_bit_is_found() {
    let place = Place::new(Store::Sqlite).await;
    let server = Server::start(&place).await;
    let token = log_in(&server.url, "alice", "alicepass123").await;
    let mut socket = Socket::open(&server.url, "general", &token).await;
    socket.say("The quick brown fox jumps over the lazy dog").await;
    socket.hears("The quick brown fox jumps over the lazy dog").await;
    // In order, so that everything is in the one file.
    assert_eq!(server.terminate().await.0.code(), Some(0));
    let database = place.data_dir().join("chinwag.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let place_of_text =
        bytes.windows(11).rposition(|window| window == b"quick brown").expect("the text is in the file");
    bytes[place_of_text] ^= 1;
    std::fs::write(&database, bytes).unwrap();
    let said = run_on(&place.data_dir(), &["verify"], "").await;
    assert_eq!(said.code, 1, "{}", said.stdout);
}

#[tokio::test]
async fn other_stores_are_sent_to_their_own_tools() {
    for arguments in [&["backup", "x"][..], &["restore", "x"], &["verify"]] {
        let on_memory = run(&[arguments, &["--store", "memory"]].concat()).await;
        assert_eq!(on_memory.code, 2);
        let on_mongodb = run(&[arguments, &["--store", "mongodb://127.0.0.1:1/chat"]].concat()).await;
        assert_eq!(on_mongodb.code, 2);
        assert!(on_mongodb.stderr.contains("mongo") || on_mongodb.stderr.contains("MongoDB"));
    }
}

#[tokio::test]
async fn migrations_are_shown_and_taken() {
    let place = Place::new(Store::Sqlite).await;
    let before = run_on(&place.data_dir(), &["migrate", "status"], "").await;
    assert_eq!(before.code, 0, "{}", before.stderr);
    assert!(!place.data_dir().join("chinwag.db").exists(), "looking changes nothing");
    assert_eq!(run_on(&place.data_dir(), &["migrate", "up"], "").await.code, 0);
    let after = run_on(&place.data_dir(), &["migrate", "status"], "").await;
    assert_ne!(before.stdout, after.stdout);
}
