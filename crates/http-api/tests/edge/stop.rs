//! The graceful stop.

use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, timeout};

use crate::server::{SOON, Server};

#[tokio::test]
async fn a_stop_closes_sockets_after_what_is_queued_and_lets_nobody_in() {
    let server = Server::start().await;
    let (ann, bob) = (server.person("ann").await, server.person("bob").await);
    server.room(&ann, "general", "public").await;
    let mut anns = server.connect("general", &ann).await;
    let mut bobs = server.connect("general", &bob).await;
    anns.say("before").await;
    bobs.next("message").await;
    let last = server.post("/api/v1/rooms/general/messages", &ann, &json!({"content": "last"})).await;
    assert!(last.status().is_success());

    let start = Instant::now();
    server.shutdown.cancel();
    assert_eq!(bobs.next("message").await["content"], "last");
    assert_eq!(bobs.closed().await, 1012);
    assert_eq!(anns.closed().await, 1012);
    timeout(SOON, server.served).await.expect("the server stops").unwrap().unwrap();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(server.readiness.is_draining());
    assert!(tokio::net::TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn a_stop_does_not_wait_for_connections_that_do_nothing() {
    let server = Server::start().await;
    let mut idle = crate::raw::Raw::connect(server.address).await;
    idle.send(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    idle.head().await;
    let start = Instant::now();
    server.shutdown.cancel();
    timeout(SOON, server.served).await.expect("the server stops").unwrap().unwrap();
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}
