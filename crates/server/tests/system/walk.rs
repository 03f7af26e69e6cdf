//! Two people talk, and find what they said.

use crate::support::client::{Socket, history, http, log_in};
use crate::support::command::run_on;
use crate::support::place::{Place, Store};
use crate::support::server::{Server, without_limits};

#[tokio::test]
async fn two_people_talk_on_sqlite_and_find_it_after_a_restart() {
    two_people_talk_and_find_it_again(Store::Sqlite).await;
}

#[tokio::test]
async fn two_people_talk_on_mongodb_and_find_it_after_a_restart() {
    two_people_talk_and_find_it_again(Store::MongoDb).await;
}

async fn two_people_talk_and_find_it_again(store: Store) {
    let place = Place::new(store).await;
    let server = Server::start(&place).await;
    let test_user = log_in(&server.url, "testuser", "testpass123").await;
    let alice = log_in(&server.url, "alice", "alicepass123").await;
    let mut first = Socket::open(&server.url, "general", &test_user).await;
    let mut second = Socket::open(&server.url, "general", &alice).await;
    let joined = first.next_of(&alice_joined).await;
    assert_eq!(joined["room"], "general");

    first.say("Good morning").await;
    let heard = second.hears("Good morning").await;
    assert_eq!(heard["username"], "testuser");
    assert_eq!(first.hears("Good morning").await["_id"], heard["_id"], "the sender gets the same message");
    second.say("And to you 👋").await;
    assert_eq!(first.hears("And to you 👋").await["username"], "alice");

    let (status, _) = server.terminate().await;
    assert_eq!(status.code(), Some(0));
    let server = Server::start(&place).await;
    // The token is still good: neither key nor session was lost.
    let messages = history(&server.url, "general", &alice).await;
    let texts: Vec<&str> = messages.iter().filter_map(|message| message["content"].as_str()).collect();
    assert_eq!(texts, ["Good morning", "And to you 👋"]);
    assert_eq!(messages[0]["_id"], heard["_id"]);

    let mut again = Socket::open(&server.url, "general", &alice).await;
    again.say("Still here").await;
    assert_eq!(again.hears("Still here").await["seq"], 3, "numbers go on where they were");
    drop(server);
    place.clean_up().await;
}

#[tokio::test]
async fn two_nodes_on_one_mongodb_are_one_room_and_one_log_in() {
    let place = Place::new(Store::MongoDb).await;
    let key = "A".repeat(43);
    let mut nodes = Vec::new();
    for name in ["one", "two"] {
        let mut command = without_limits(&place);
        command.args(["--demo", "--listen", "127.0.0.1:0"]);
        command.env("CHINWAG_SIGNING_KEY", &key).env("CHINWAG_DATA_DIR", place.file(name));
        nodes.push(Server::spawn(command).await);
    }
    let token = log_in(&nodes[0].url, "alice", "alicepass123").await;
    let mut here = Socket::open(&nodes[0].url, "general", &token).await;
    let mut there = Socket::open(&nodes[1].url, "general", &token).await;
    for number in 1..=20 {
        let text = format!("message {number}");
        let (says, hears) = if number % 2 == 0 { (&mut here, &mut there) } else { (&mut there, &mut here) };
        says.say(&text).await;
        assert_eq!(hears.hears(&text).await["seq"], number);
    }
    let answer = http().delete(format!("{}/api/v1/sessions/current", nodes[0].url)).bearer_auth(&token).send().await;
    assert_eq!(answer.unwrap().status(), 204);
    // Ending the session here closes the socket there.
    while let Some(Ok(_)) = there.receive().await {}
    assert!(Socket::try_open(&nodes[1].url, "general", &token).await.is_err());
    drop(nodes);
    place.clean_up().await;
}

fn alice_joined(frame: &serde_json::Value) -> bool {
    frame["type"] == "user_joined" && frame["username"] == "alice"
}

#[tokio::test]
async fn a_deleted_message_disappears_for_everybody_and_for_good() {
    let place = Place::new(Store::Sqlite).await;
    let server = Server::start(&place).await;
    let token = log_in(&server.url, "alice", "alicepass123").await;
    let mut socket = Socket::open(&server.url, "general", &token).await;
    socket.say("a slip").await;
    let id = socket.hears("a slip").await["_id"].as_str().expect("an id").to_owned();
    let url = format!("{}/chat/messages/{id}", server.url);
    let answer = http().delete(&url).bearer_auth(&token).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(socket.next("message_deleted").await["_id"], id.as_str());
    server.kill().await;

    let server = Server::start(&place).await;
    assert!(history(&server.url, "general", &token).await.is_empty());
    drop(server);
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once_and_stays_out() {
    let place = Place::new(Store::Sqlite).await;
    let server = Server::start(&place).await;
    let token = log_in(&server.url, "alice", "alicepass123").await;
    server.kill().await;
    let ended = run_on(&place.data_dir(), &["admin", "disable", "alice"], "").await;
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let server = Server::start(&place).await;
    let answer = http().get(format!("{}/users/me", server.url)).bearer_auth(&token).send().await.unwrap();
    assert_eq!(answer.status(), 401);
    assert!(Socket::try_open(&server.url, "general", &token).await.is_err());
}
