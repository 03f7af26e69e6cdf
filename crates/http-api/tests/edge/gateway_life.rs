//! How long connections to the gateway live, and how soon they end where they have to.

use std::time::Duration;

use domain::model::Username;
use domain::usecase::disable_user;
use http_api::{HttpOptions, Timings};
use serde_json::json;
use tokio::time::{Instant, timeout};

use crate::gateway_client::Gateway;
use crate::gateway_commands::scene;
use crate::raw::Raw;
use crate::server::{Person, Server};

/// Within what time a right that is taken away has to be gone.
const AT_ONCE: Duration = Duration::from_secs(1);

async fn closed_at_once(gateway: Gateway) -> u16 {
    timeout(AT_ONCE, gateway.closed()).await.expect("the connection is closed within a second")
}

#[tokio::test]
async fn signing_out_closes_the_connections_of_that_session_only() {
    let (server, ann, _) = scene().await;
    let elsewhere = Person { id: ann.id.clone(), token: server.log_in("ann").await };
    let gateway = Gateway::live(&server, &ann).await;
    let mut other = Gateway::live(&server, &elsewhere).await;
    server.request("DELETE", "/api/v1/sessions/current", &ann).send().await.unwrap();
    assert_eq!(closed_at_once(gateway).await, 4010);
    other.ok(json!({"op": "sync"})).await;
}

#[tokio::test]
async fn shutting_an_account_closes_all_its_connections() {
    let (server, ann, _) = scene().await;
    let gateway = Gateway::live(&server, &ann).await;
    disable_user(&server.ports, &Username::parse("ann").unwrap()).await.unwrap();
    assert_eq!(closed_at_once(gateway).await, 4011);
}

#[tokio::test]
async fn whoever_left_a_room_gets_nothing_more_of_it() {
    let (server, ann, bob) = scene().await;
    let mut bobs = Gateway::live(&server, &bob).await;
    server.request("POST", "/api/v1/rooms/general/leave", &bob).send().await.unwrap();
    timeout(AT_ONCE, bobs.next("room_removed")).await.expect("the room is gone within a second");
    server.post("/api/v1/rooms/general/messages", &ann, &json!({"content": "among ourselves"})).await;
    let frames = bobs.drain().await;
    assert!(!frames.iter().any(|frame| frame["content"] == "among ourselves"), "{frames:?}");
    assert_eq!(bobs.code(json!({"op": "mark", "room": "general", "seq": 1})).await, "not_a_member");
}

#[tokio::test]
async fn a_silent_connection_is_closed() {
    let timings = Timings { silent_after: Duration::from_millis(300), ..Timings::default() };
    let server = Server::with(HttpOptions { timings, ..HttpOptions::default() }).await;
    let ann = server.person("ann").await;
    let mut raw = Raw::gateway(&server, &ann).await;
    let start = Instant::now();
    assert_eq!(raw.closed().await, 4009);
    assert!(start.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn messages_sent_all_at_once_keep_their_order_and_are_each_answered() {
    let (server, ann, bob) = scene().await;
    let mut anns = Gateway::live(&server, &ann).await;
    let mut bobs = Gateway::live(&server, &bob).await;
    for number in 0..100 {
        anns.send(
            json!({"op": "send", "room": "general", "nonce": format!("n{number}"), "content": number.to_string()}),
        )
        .await;
    }
    for number in 0..100_u64 {
        let reply = anns.next("ok").await;
        assert_eq!(reply["message"]["seq"], number + 1);
        let seen = bobs.next("message").await;
        assert_eq!(
            (seen["content"].as_str(), seen["rev"].as_u64()),
            (Some(number.to_string().as_str()), Some(number + 1))
        );
    }
}
