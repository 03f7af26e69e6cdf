//! What can be done on the gateway, and that REST and both sockets see each other's changes.

use http_api::{HttpOptions, Limits};
use serde_json::{Value, json};

use crate::gateway_client::Gateway;
use crate::server::{Person, Server};

/// A server without limits on the pace, with a room of two.
pub(crate) async fn scene() -> (Server, Person, Person) {
    let limits = Limits { sends_per_second: 0, commands_per_second: 0, ..Limits::default() };
    let server = Server::with(HttpOptions { limits, ..HttpOptions::default() }).await;
    let (ann, bob) = (server.person("ann").await, server.person("bob").await);
    server.room(&ann, "general", "public").await;
    let joined = server.request("POST", "/api/v1/rooms/general/join", &bob).send().await.unwrap();
    assert!(joined.status().is_success());
    (server, ann, bob)
}

fn send(nonce: &str, content: &str) -> Value {
    json!({"op": "send", "room": "general", "nonce": nonce, "content": content})
}

#[tokio::test]
async fn a_first_sync_gives_everything_a_client_needs() {
    let (server, ann, _) = scene().await;
    server.post("/api/v1/rooms/general/messages", &ann, &json!({"content": "before"})).await;
    let mut anns = Gateway::connect(&server, &ann).await;
    anns.ok(json!({"op": "sync"})).await;
    let state = anns.next("state").await;
    let room = &state["rooms"][0];
    assert_eq!((&room["name"], &room["role"], &room["head_seq"]), (&json!("general"), &json!("owner"), &json!(1)));
    let reset = anns.next("reset").await;
    assert_eq!((&reset["items"][0]["content"], &reset["head_rev"]), (&json!("before"), &json!(1)));
    assert_eq!(anns.next("synced").await["heads"][room["_id"].as_str().unwrap()], 1);
}

#[tokio::test]
async fn every_change_of_a_message_reaches_the_others_live_and_comes_back_over_rest() {
    let (server, ann, bob) = scene().await;
    let mut anns = Gateway::live(&server, &ann).await;
    let mut bobs = Gateway::live(&server, &bob).await;
    let sent = anns.ok(send("n1", "Hello @bob")).await;
    let id = sent["message"]["_id"].as_str().unwrap().to_owned();
    assert_eq!((&sent["duplicate"], &sent["message"]["mentions"]), (&json!(false), &json!([bob.id])));
    assert_eq!(bobs.next("message").await["content"], "Hello @bob");
    assert_eq!(anns.ok(send("n1", "Hello @bob")).await["duplicate"], true);
    assert_eq!(anns.code(send("n1", "Other")).await, "nonce_reused");

    anns.ok(json!({"op": "edit", "message": id, "content": "Hello", "version": 1})).await;
    let edited = bobs.next("message_updated").await;
    assert_eq!(
        (&edited["change"], &edited["content"], &edited["version"]),
        (&json!("edit"), &json!("Hello"), &json!(2))
    );
    let conflict = anns.reply(json!({"op": "edit", "message": id, "content": "Late", "version": 1})).await;
    assert_eq!((&conflict["code"], &conflict["current"]["content"]), (&json!("version_mismatch"), &json!("Hello")));

    bobs.ok(json!({"op": "react", "message": id, "emoji": "👍"})).await;
    let reacted = anns.find(|frame| frame["type"] == "message_updated" && frame["change"] == "reaction").await;
    assert_eq!(reacted["reactions"], json!([{"emoji": "👍", "count": 1, "user_ids": [bob.id]}]));
    let shown = server.get(&format!("/api/v1/messages/{id}"), &bob).await;
    assert_eq!((&shown["reactions"][0]["me"], &shown["rev"]), (&json!(true), &reacted["rev"]));
    bobs.ok(json!({"op": "unreact", "message": id, "emoji": "👍"})).await;
    assert_eq!(server.get(&format!("/api/v1/messages/{id}"), &ann).await.get("reactions"), None);

    let path = format!("/api/v1/messages/{id}/pin");
    assert!(server.request("PUT", &path, &ann).send().await.unwrap().status().is_success());
    let pinned = bobs.find(|frame| frame["type"] == "message_updated" && frame["change"] == "pin").await;
    assert!(pinned["pinned_at"].is_string());
    anns.ok(json!({"op": "delete", "message": id})).await;
    let deleted = bobs.next("message_deleted").await;
    assert_eq!((&deleted["deleted"], deleted.get("content")), (&json!(true), None));
}

#[tokio::test]
async fn rest_and_both_sockets_see_the_same_messages() {
    let (server, ann, bob) = scene().await;
    let mut seed = server.connect("general", &bob).await;
    let mut gateway = Gateway::live(&server, &bob).await;
    server.post("/api/v1/rooms/general/messages", &ann, &json!({"content": "over REST"})).await;
    assert_eq!(gateway.next("message").await["content"], "over REST");
    assert_eq!(seed.next("message").await["content"], "over REST");
    seed.say("over the seed's socket").await;
    assert_eq!(gateway.next("message").await["content"], "over the seed's socket");
    gateway.ok(send("n", "over the gateway")).await;
    assert_eq!(seed.find_text("over the gateway").await["username"], "bob");
    let page = server.get("/api/v1/rooms/general/messages", &ann).await;
    assert_eq!(page["head_seq"], 3);
}

#[tokio::test]
async fn the_seeds_socket_gets_only_frames_it_knows() {
    let (server, ann, bob) = scene().await;
    let mut seed = server.connect("general", &bob).await;
    let mut anns = Gateway::live(&server, &ann).await;
    let sent = anns.ok(send("n1", "first")).await;
    let id = &sent["message"]["_id"];
    anns.ok(json!({"op": "react", "message": id, "emoji": "👍"})).await;
    anns.ok(json!({"op": "edit", "message": id, "content": "edited", "version": 1})).await;
    anns.ok(json!({"op": "typing", "room": "general", "on": true})).await;
    anns.ok(json!({"op": "mark", "room": "general", "seq": 1})).await;
    anns.ok(json!({"op": "presence", "status": "dnd"})).await;
    anns.ok(json!({"op": "delete", "message": id})).await;
    anns.ok(send("n2", "last")).await;
    let mut kinds = Vec::new();
    loop {
        let frame = seed.any().await;
        crate::schema::check_message(&format!("seed_frame.{}", frame["type"].as_str().unwrap()), &frame);
        if frame["content"] == "last" {
            break;
        }
        kinds.push(frame["type"].as_str().unwrap().to_owned());
    }
    kinds.retain(|kind| !kind.starts_with("user_"));
    assert_eq!(kinds, ["message", "message_deleted"]);
}

#[tokio::test]
async fn read_positions_reach_ones_other_devices_and_the_others() {
    let (server, ann, bob) = scene().await;
    let mut anns = Gateway::live(&server, &ann).await;
    let mut bobs = Gateway::live(&server, &bob).await;
    let mut bobs_other = Gateway::live(&server, &bob).await;
    for number in 1..=3 {
        anns.ok(send(&format!("n{number}"), "text")).await;
    }
    let marked = bobs.ok(json!({"op": "mark", "room": "general", "seq": 2})).await;
    assert_eq!((&marked["marker"]["read_seq"], &marked["marker"]["unread"]), (&json!(2), &json!(1)));
    assert_eq!(bobs_other.next("marker").await["read_seq"], 2);
    let receipt = anns.next("receipt").await;
    assert_eq!(receipt["set"][&bob.id], 2);
    let back = bobs.ok(json!({"op": "mark", "room": "general", "seq": 1})).await;
    assert_eq!(back["marker"]["read_seq"], 2, "it never goes back");
    let unread = bobs.ok(json!({"op": "mark", "room": "general", "seq": 1, "unread": true})).await;
    assert_eq!((&unread["marker"]["read_seq"], &unread["marker"]["unread"]), (&json!(1), &json!(2)));
    assert_eq!(bobs.code(json!({"op": "mark", "room": "general", "seq": 4})).await, "invalid");
}

#[tokio::test]
async fn writing_and_being_there_are_shown() {
    let (server, ann, bob) = scene().await;
    let mut anns = Gateway::live(&server, &ann).await;
    let mut bobs = Gateway::live(&server, &bob).await;
    bobs.ok(json!({"op": "typing", "room": "general", "on": true})).await;
    assert_eq!(anns.next("typing").await["user_ids"], json!([bob.id]));
    bobs.ok(json!({"op": "typing", "room": "general", "on": false})).await;
    assert_eq!(anns.next("typing").await["user_ids"], json!([]));
    bobs.ok(json!({"op": "presence", "status": "dnd", "text": "Out for tea"})).await;
    let of_bob = |frame: &Value| frame["type"] == "presence" && frame["set"][&bob.id]["status"] == "dnd";
    assert_eq!(anns.find(of_bob).await["set"][&bob.id]["text"], "Out for tea");
    assert_eq!(server.get("/api/v1/users/me/presence", &bob).await, json!({"status": "dnd", "text": "Out for tea"}));
    bobs.ok(json!({"op": "focus", "room": "general", "visible": true})).await;
    bobs.ok(json!({"op": "focus", "room": null})).await;
}

#[tokio::test]
async fn rooms_come_and_go_while_connected() {
    let (server, ann, bob) = scene().await;
    let mut bobs = Gateway::live(&server, &bob).await;
    server.room(&ann, "tea", "public").await;
    assert!(server.request("POST", "/api/v1/rooms/tea/join", &bob).send().await.unwrap().status().is_success());
    let room = bobs.find(|frame| frame["type"] == "room" && frame["name"] == "tea").await;
    server.post("/api/v1/rooms/tea/messages", &ann, &json!({"content": "leaves"})).await;
    bobs.find(|frame| frame["content"] == "leaves" || frame["items"][0]["content"] == "leaves").await;
    let patch = server.request("PATCH", "/api/v1/rooms/tea", &ann).json(&json!({"edit_window_seconds": 60}));
    assert!(patch.send().await.unwrap().status().is_success());
    bobs.find(|frame| frame["type"] == "room" && frame["edit_window_seconds"] == 60).await;
    server.request("POST", "/api/v1/rooms/tea/leave", &bob).send().await.unwrap();
    assert_eq!(bobs.next("room_removed").await["room_id"], room["_id"]);
}

#[tokio::test]
async fn a_client_that_comes_back_gets_what_it_missed() {
    let (server, ann, bob) = scene().await;
    let mut anns = Gateway::live(&server, &ann).await;
    let mut bobs = Gateway::connect(&server, &bob).await;
    bobs.ok(json!({"op": "sync"})).await;
    let heads = bobs.next("synced").await["heads"].clone();
    drop(bobs);
    let sent = anns.ok(send("n1", "missed")).await;
    anns.ok(json!({"op": "edit", "message": sent["message"]["_id"], "content": "missed twice", "version": 1})).await;
    let authorization = format!("Bearer {}", bob.token);
    let headers = [crate::gateway_client::PROTOCOL, ("authorization", authorization.as_str())];
    let mut bobs = Gateway::on(server.try_connect(crate::gateway_client::PATH, &headers).await.unwrap());
    let epoch = bobs.next("hello").await["epoch"].clone();
    bobs.ok(json!({"op": "sync", "epoch": epoch, "rooms": heads, "focus": "general"})).await;
    let changes = bobs.next("changes").await;
    assert_eq!((&changes["from"], &changes["to"]), (&json!(0), &json!(2)));
    assert_eq!(changes["items"][0]["content"], "missed twice");
    bobs.next("synced").await;
}
