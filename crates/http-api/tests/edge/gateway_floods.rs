//! Clients that go too fast are told to wait, and shown the door if they don't.

use http_api::{HttpOptions, Limits};
use serde_json::json;

use crate::gateway_client::Gateway;
use crate::server::{Person, Server, refused};

async fn scene(limits: Limits) -> (Server, Person) {
    let server = Server::with(HttpOptions { limits, ..HttpOptions::default() }).await;
    let ann = server.person("ann").await;
    server.room(&ann, "general", "public").await;
    (server, ann)
}

/// Sends a command many times without waiting, until the connection is closed; gives the code.
async fn flood(mut gateway: Gateway, text: &str) -> u16 {
    for _ in 0..2000 {
        if futures_util::SinkExt::send(&mut gateway.socket.0, text.into()).await.is_err() {
            break;
        }
    }
    gateway.closed().await
}

#[tokio::test]
async fn messages_are_counted_with_those_over_rest_and_others_with_other_requests() {
    let limits =
        Limits { sends_per_second: 1, sends_burst: 2, commands_per_second: 1, commands_burst: 4, ..Limits::default() };
    let (server, ann) = scene(limits).await;
    let mut gateway = Gateway::connect(&server, &ann).await;
    let path = "/api/v1/rooms/general/messages";
    assert!(server.post(path, &ann, &json!({"content": "one"})).await.status().is_success());
    gateway.ok(json!({"op": "send", "room": "general", "nonce": "n1", "content": "two"})).await;
    let refusal = gateway.reply(json!({"op": "send", "room": "general", "nonce": "n2", "content": "three"})).await;
    assert_eq!((&refusal["type"], &refusal["code"]), (&json!("error"), &json!("rate_limited")));
    let wait = refusal["retry_after_ms"].as_u64().unwrap();
    assert!((1..=1000).contains(&wait), "{wait}");
    refused(server.post(path, &ann, &json!({"content": "four"})).await, 429, "rate_limited").await;

    let mut refusals = 0;
    for _ in 0..8 {
        let reply = gateway.reply(json!({"op": "mark", "room": "general", "seq": 1})).await;
        refusals += u32::from(reply["code"] == "rate_limited");
    }
    assert!(refusals >= 4, "{refusals}");
    assert_eq!(gateway.code(json!({"op": "dance"})).await, "rate_limited");
    for _ in 0..50 {
        gateway.socket.send(r#"{"op":"pong"}"#).await;
    }
    assert!(!gateway.drain().await.iter().any(|frame| frame["type"] == "error"), "signs of life are free");
}

#[tokio::test]
async fn writing_counts_once_in_three_seconds_and_what_is_too_much_is_dropped_in_silence() {
    let (server, ann) = scene(Limits::default()).await;
    let mut gateway = Gateway::live(&server, &ann).await;
    gateway.drain().await;
    for _ in 0..20 {
        gateway.send(json!({"op": "typing", "room": "general", "on": true})).await;
    }
    let replies = gateway.drain().await;
    assert_eq!(replies.iter().filter(|frame| frame["type"] == "ok").count(), 1, "{replies:?}");
    assert!(!replies.iter().any(|frame| frame["type"] == "error"));
}

#[tokio::test]
async fn going_on_in_spite_of_a_hundred_refusals_closes_the_connection() {
    let (server, ann) = scene(Limits::default()).await;
    for text in [
        r#"{"op":"send","room":"general","nonce":"n","content":"x"}"#,
        r#"{"op":"mark","room":"general","seq":0}"#,
        r#"{"op":"dance"}"#,
        r#"{"op":"ping"}"#,
        r#"{"op":"typing","room":"general","on":true}"#,
    ] {
        let gateway = Gateway::connect(&server, &ann).await;
        assert_eq!(flood(gateway, text).await, 4029, "{text}");
    }
}

#[tokio::test]
async fn nonsense_without_end_closes_the_connection() {
    let (server, ann) = scene(Limits::default()).await;
    for text in ["{}", "nonsense", r#"{"op":"mark","room":5}"#] {
        let gateway = Gateway::connect(&server, &ann).await;
        assert_eq!(flood(gateway, text).await, 4013, "{text}");
    }
}
