//! What clients shouldn't send on the gateway: each with a definite code, and no disconnect until a limit.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::gateway_client::Gateway;
use crate::gateway_commands::scene;
use crate::server::{Person, Server};

async fn with_message() -> (Server, Gateway, String) {
    let (server, ann, _) = scene().await;
    let id = message(&server, &ann).await;
    let gateway = Gateway::live(&server, &ann).await;
    (server, gateway, id)
}

async fn message(server: &Server, person: &Person) -> String {
    let said = server.post("/api/v1/rooms/general/messages", person, &json!({"content": "text"})).await;
    said.json::<Value>().await.unwrap()["_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn values_that_break_a_rule_have_a_definite_code() {
    let (_server, mut gateway, id) = with_message().await;
    let long = "x".repeat(4001);
    for (command, code) in [
        (json!({"op": "dance"}), "unknown_op"),
        (json!({"op": "SEND"}), "unknown_op"),
        (json!({"op": "send", "room": "general", "nonce": "a b", "content": "x"}), "invalid"),
        (json!({"op": "send", "room": "general", "nonce": "n", "content": " "}), "invalid"),
        (json!({"op": "send", "room": "general", "nonce": "n", "content": long}), "too_long"),
        (json!({"op": "send", "room": "no room", "nonce": "n", "content": "x"}), "invalid"),
        (json!({"op": "send", "room": "nowhere", "nonce": "n", "content": "x"}), "not_found"),
        (json!({"op": "send", "room": "general", "nonce": "n", "content": "x", "reply_to": "x"}), "invalid"),
        (json!({"op": "send", "room": "general", "nonce": "n", "content": "x", "thread": "0".repeat(24)}), "not_found"),
        (json!({"op": "send", "room": "general", "nonce": "n", "content": "x", "attachments": ["f"]}), "invalid"),
        (json!({"op": "edit", "message": id, "content": "x", "version": 0}), "invalid"),
        (json!({"op": "edit", "message": id, "content": "x", "version": 7}), "version_mismatch"),
        (json!({"op": "edit", "message": "0".repeat(24), "content": "x", "version": 1}), "not_found"),
        (json!({"op": "delete", "message": "$where"}), "invalid"),
        (json!({"op": "react", "message": id, "emoji": "a.b$c"}), "invalid"),
        (json!({"op": "react", "message": id, "emoji": "$set.x"}), "invalid"),
        (json!({"op": "react", "message": id, "emoji": "👍👍"}), "invalid"),
        (json!({"op": "react", "message": id, "emoji": ""}), "invalid"),
        (json!({"op": "unreact", "message": id, "emoji": ":+1:"}), "invalid"),
        (json!({"op": "mark", "room": "general", "seq": 2}), "invalid"),
        (json!({"op": "mark", "room": "general", "seq": u64::MAX}), "invalid"),
        (json!({"op": "typing", "room": "nowhere", "on": true}), "not_found"),
        (json!({"op": "focus", "room": "nowhere"}), "not_found"),
        (json!({"op": "presence", "status": "dead"}), "invalid"),
        (json!({"op": "presence", "status": "online", "text": "x".repeat(101)}), "too_long"),
        (json!({"op": "presence", "status": "online", "until": "tomorrow"}), "invalid"),
        (json!({"op": "sync", "rooms": {"general": 1}}), "invalid"),
    ] {
        assert_eq!(gateway.code(command.clone()).await, code, "{command}");
    }
    gateway.ok(json!({"op": "react", "message": id, "emoji": "👍"})).await;
}

#[tokio::test]
async fn fields_of_a_wrong_type_make_a_bad_request() {
    let (_server, mut gateway, id) = with_message().await;
    for command in [
        json!({}),
        json!({"op": 5}),
        json!({"op": ["send"]}),
        json!({"op": "send", "room": {"$ne": null}, "nonce": "n", "content": "x"}),
        json!({"op": "send", "room": "general", "nonce": 5, "content": "x"}),
        json!({"op": "send", "room": "general", "nonce": "n"}),
        json!({"op": "edit", "message": id, "content": "x", "version": "1"}),
        json!({"op": "delete", "message": [id]}),
        json!({"op": "mark", "room": "general", "seq": -1}),
        json!({"op": "mark", "room": "general", "seq": 0.5}),
        json!({"op": "mark", "room": "general", "seq": 1, "unread": "yes"}),
        json!({"op": "typing", "room": "general"}),
        json!({"op": "focus", "room": "general", "visible": 1}),
        json!({"op": "sync", "rooms": []}),
        json!({"op": "sync", "epoch": 5}),
    ] {
        assert_eq!(gateway.code(command.clone()).await, "bad_request", "{command}");
    }
}

#[tokio::test]
async fn what_cannot_be_a_command_gets_an_error_without_id_and_the_connection_goes_on() {
    let (_server, mut gateway, _) = with_message().await;
    let deep = format!("{{\"op\":\"ping\",\"more\":{}{}}}", "[".repeat(16), "]".repeat(16));
    for (frame, code) in [
        (Message::text(""), "bad_request"),
        (Message::text("hello"), "bad_request"),
        (Message::text("[]"), "bad_request"),
        (Message::text("null"), "bad_request"),
        (Message::text("{\"op\":\"ping\""), "bad_request"),
        (Message::text("{\"op\":\"ping\",\"id\":[]}"), "bad_request"),
        (Message::text(format!("{{\"op\":\"ping\",\"id\":\"{}\"}}", "x".repeat(65))), "bad_request"),
        (Message::text(deep), "bad_request"),
        (Message::binary("{\"op\":\"ping\"}"), "bad_request"),
        (Message::text("x".repeat(65 * 1024)), "too_large"),
    ] {
        gateway.send_frame(frame).await;
        let error = gateway.next("error").await;
        assert_eq!((error["code"].as_str(), error.get("id")), (Some(code), None));
    }
    gateway.ok(json!({"op": "sync"})).await;
}

#[tokio::test]
async fn text_that_is_not_utf_8_gets_an_error() {
    let (server, ann, _) = scene().await;
    let mut raw = crate::raw::Raw::gateway(&server, &ann).await;
    raw.send(&crate::raw::frame(0x81, &[0xff, 0xfe])).await;
    assert_eq!(raw.next("error").await["code"], "bad_request");
    raw.send(&crate::raw::frame(0x81, br#"{"op":"ping","id":1}"#)).await;
    assert_eq!(raw.next("pong").await["id"], 1);
}

#[tokio::test]
async fn tombstones_cannot_be_changed() {
    let (server, mut gateway, id) = with_message().await;
    gateway.ok(json!({"op": "delete", "message": id})).await;
    for command in [
        json!({"op": "edit", "message": id, "content": "back", "version": 1}),
        json!({"op": "delete", "message": id}),
        json!({"op": "react", "message": id, "emoji": "👍"}),
        json!({"op": "unreact", "message": id, "emoji": "👍"}),
        json!({"op": "send", "room": "general", "nonce": "n", "content": "x", "reply_to": id}),
    ] {
        assert_eq!(gateway.code(command.clone()).await, "not_found", "{command}");
    }
    assert_eq!(server.hub.connections(), 1);
}

#[tokio::test]
async fn ids_come_back_as_they_were_sent() {
    let (_server, mut gateway, _) = with_message().await;
    for id in [json!("a"), json!(""), json!(0), json!(1.5), json!(-3), json!(u64::MAX), json!("👍")] {
        gateway.socket.send(&json!({"op": "ping", "id": id}).to_string()).await;
        assert_eq!(gateway.next("pong").await["id"], id);
    }
}
