//! The gateway of the real binary: live, and exact after a restart.

use serde_json::{Value, json};

use crate::support::client::{Socket, log_in};
use crate::support::place::{Place, Store};
use crate::support::server::Server;

#[tokio::test]
async fn what_was_missed_over_a_restart_is_caught_up_with_on_sqlite() {
    missed_over_a_restart(Store::Sqlite).await;
}

#[tokio::test]
async fn what_was_missed_over_a_restart_is_caught_up_with_on_mongodb() {
    missed_over_a_restart(Store::MongoDb).await;
}

async fn missed_over_a_restart(store: Store) {
    let place = Place::new(store).await;
    let server = Server::start(&place).await;
    let ann = log_in(&server.url, "testuser", "testpass123").await;
    let alice = log_in(&server.url, "alice", "alicepass123").await;
    let mut anns = Socket::open_gateway(&server.url, &ann).await;
    let mut alices = Socket::open_gateway(&server.url, &alice).await;
    let hello = alices.next("hello").await;
    for socket in [&mut anns, &mut alices] {
        socket.command(&json!({"op": "sync"})).await;
        socket.next("synced").await;
    }
    let sent = send(&mut anns, "n1", "Hello @alice").await;
    let seen = alices.hears("Hello @alice").await;
    assert_eq!(seen["_id"], sent["_id"]);
    alices.command(&json!({"op": "mark", "id": 2, "room": "general", "seq": 1})).await;
    assert_eq!(alices.next("ok").await["marker"]["unread"], 0);
    drop(alices);

    send(&mut anns, "n2", "while you were away").await;
    anns.command(&json!({"op": "react", "id": 3, "message": sent["_id"], "emoji": "👍"})).await;
    let reacted = anns.next_of(&|frame| frame["id"] == 3).await;
    assert_eq!(reacted["type"], "ok", "{reacted}");
    let (status, _) = server.terminate().await;
    assert_eq!(status.code(), Some(0));
    anns.next("reconnect").await;

    let server = Server::start(&place).await;
    let mut alices = Socket::open_gateway(&server.url, &alice).await;
    assert_eq!(alices.next("hello").await["epoch"], hello["epoch"]);
    let (room, rev) = (sent["room_id"].as_str().expect("an id"), &seen["rev"]);
    alices.command(&json!({"op": "sync", "epoch": hello["epoch"], "rooms": {room: rev}})).await;
    let state = alices.next("state").await;
    assert_eq!((&state["rooms"][0]["read_seq"], &state["rooms"][0]["unread"]), (&json!(1), &json!(1)));
    let changes = alices.next("changes").await;
    let texts: Vec<_> =
        changes["items"].as_array().expect("items").iter().map(|item| item["content"].clone()).collect();
    assert_eq!(texts, ["while you were away", "Hello @alice"]);
    assert_eq!(changes["items"][1]["reactions"][0]["emoji"], "👍");
    alices.next("synced").await;
    drop(server);
    place.clean_up().await;
}

/// Sends a message and gives it as the reply has it.
async fn send(socket: &mut Socket, nonce: &str, content: &str) -> Value {
    socket.command(&json!({"op": "send", "id": nonce, "room": "general", "nonce": nonce, "content": content})).await;
    let reply = socket.next_of(&|frame| frame["id"] == nonce).await;
    assert_eq!(reply["type"], "ok", "{reply}");
    reply["message"].clone()
}
