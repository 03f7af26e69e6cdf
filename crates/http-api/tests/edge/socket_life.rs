//! How long sockets live, and how many there may be.

use std::time::Duration;

use http_api::{HttpOptions, Limits, Timings};
use serde_json::json;
use tokio::time::{Instant, timeout};

use crate::raw::{Raw, frame};
use crate::server::{SOON, Server};

fn quick(timings: Timings) -> HttpOptions {
    let limits = Limits { sends_per_second: 0, ..Limits::default() };
    HttpOptions { timings, limits, ..HttpOptions::default() }
}

#[tokio::test]
async fn a_silent_socket_is_pinged_and_then_closed() {
    let timings = Timings {
        ping_after: Duration::from_millis(200),
        silent_after: Duration::from_millis(700),
        ..Timings::default()
    };
    let server = Server::with(quick(timings)).await;
    let ann = server.person("ann").await;
    server.room(&ann, "general", "public").await;
    let mut raw = Raw::socket(&server, "general", &ann, &[]).await;
    let start = Instant::now();
    let mut pings = 0;
    while start.elapsed() < Duration::from_millis(1500) {
        if let (0x89, payload) = raw.frame().await.unwrap() {
            pings += 1;
            raw.send(&frame(0x8a, &payload)).await;
        }
    }
    assert!(pings >= 5, "{pings} pings");
    assert_eq!(raw.closed().await, 4009);
}

#[tokio::test]
async fn a_socket_that_takes_nothing_is_closed_and_nobody_else_notices() {
    let timings = Timings { write_stall: Duration::from_millis(300), ..Timings::default() };
    let server = Server::with(quick(timings)).await;
    let (ann, bob) = (server.person("ann").await, server.person("bob").await);
    server.room(&ann, "general", "public").await;
    let slow = Raw::socket(&server, "general", &bob, &[]).await;
    let mut anns = server.connect("general", &ann).await;
    let text = "x".repeat(4000);
    let wait = async {
        for count in 1_u64.. {
            anns.say(&text).await;
            assert_eq!(anns.next("message").await["seq"], count);
            if server.hub.connections() == 1 {
                return;
            }
        }
    };
    timeout(Duration::from_secs(30), wait).await.expect("the slow socket is closed");
    drop(slow);
}

#[tokio::test]
async fn a_user_has_twenty_connections_and_not_one_more() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    server.room(&ann, "general", "public").await;
    let mut sockets = Vec::new();
    for _ in 0..20 {
        sockets.push(server.connect("general", &ann).await);
    }
    let path = format!("/chat/ws/general?token={}", ann.token);
    let (status, problem) = server.try_connect(&path, &[]).await.err().unwrap();
    assert_eq!((status, problem["code"].as_str()), (429, Some("too_many")));
    drop(sockets.pop());
    let again = async { while server.try_connect(&path, &[]).await.is_err() {} };
    timeout(SOON, again).await.expect("a place becomes free");
}

#[tokio::test]
async fn what_was_stored_before_a_cut_is_in_the_history() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    server.room(&ann, "general", "public").await;
    let mut socket = server.connect("general", &ann).await;
    socket.say("before the cut").await;
    socket.next("message").await;
    drop(socket);
    let history = server.get("/chat/messages/general", &ann).await;
    assert_eq!(history[0]["content"], json!("before the cut"));
}
