//! Stopping: in order, and in time.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::support::client::{Socket, history, http, log_in};
use crate::support::place::{Place, Store};
use crate::support::server::Server;

#[tokio::test]
async fn sigterm_closes_sockets_with_1012_and_ends_with_0_in_time() {
    let place = Place::new(Store::Sqlite).await;
    let server = Server::start(&place).await;
    let token = log_in(&server.url, "alice", "alicepass123").await;
    let mut socket = Socket::open(&server.url, "general", &token).await;
    socket.say("one last thing").await;
    socket.hears("one last thing").await;
    let url = server.url.clone();
    let mut ending = JoinSet::new();
    ending.spawn(server.terminate());
    let close = loop {
        match socket.receive().await {
            Some(Ok(_)) => {}
            Some(Err(close)) => break close,
            None => panic!("the connection broke without a close frame"),
        }
    };
    assert_eq!(u16::from(close.expect("a close code").code), 1012);
    let (status, after) = ending.join_next().await.unwrap().unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(after < Duration::from_secs(10), "{after:?}");
    assert!(http().get(format!("{url}/healthz")).send().await.is_err());

    let server = Server::start(&place).await;
    assert_eq!(history(&server.url, "general", &token).await.len(), 1);
}

#[tokio::test]
async fn an_idle_server_stops_at_once() {
    let place = Place::new(Store::Sqlite).await;
    let (status, after) = Server::start(&place).await.terminate().await;
    assert_eq!(status.code(), Some(0));
    assert!(after < Duration::from_secs(3), "{after:?}");
}

#[tokio::test]
async fn a_client_that_never_reads_does_not_keep_the_server_from_stopping() {
    let place = Place::new(Store::Sqlite).await;
    let server = Server::start(&place).await;
    // One connection that says nothing, and one that begins a request and never ends it.
    let silent = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    let mut dripping = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut dripping, b"GET /healthz HTTP/1.1\r\nhost: x\r\n").await.unwrap();
    let (status, after) = server.terminate().await;
    assert_eq!(status.code(), Some(0));
    assert!(after < Duration::from_secs(10), "{after:?}");
    drop((silent, dripping));
}
