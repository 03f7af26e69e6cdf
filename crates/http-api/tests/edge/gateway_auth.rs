//! Ways in to the gateway, and everybody who is kept out.

use std::time::Duration;

use domain::model::Username;
use domain::usecase::disable_user;
use http_api::{HttpOptions, Limits, Timings};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::gateway_client::{Gateway, PATH, PROTOCOL};
use crate::server::{Person, Server, Socket};

async fn ticket(server: &Server, person: &Person) -> String {
    let response = server.request("POST", "/api/v1/gateway-tickets", person).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    let ticket: Value = response.json().await.unwrap();
    assert_eq!(ticket["expires_in"], 30);
    ticket["ticket"].as_str().unwrap().to_owned()
}

async fn with_ticket(server: &Server, ticket: &str) -> Result<Socket, (u16, Value)> {
    server.try_connect(PATH, &[("sec-websocket-protocol", &format!("chinwag.v1, ticket.{ticket}"))]).await
}

async fn with_token(server: &Server, token: &str) -> Result<Socket, (u16, Value)> {
    server.try_connect(PATH, &[PROTOCOL, ("authorization", &format!("Bearer {token}"))]).await
}

/// Sends a first frame and gives the code the connection is closed with.
async fn first_frame(server: &Server, text: &str) -> u16 {
    let mut socket = server.try_connect(PATH, &[PROTOCOL]).await.unwrap();
    socket.send(text).await;
    socket.closed().await
}

fn auth(token: &str) -> String {
    json!({"op": "auth", "token": token}).to_string()
}

#[tokio::test]
async fn a_ticket_a_header_or_a_first_frame_opens_the_same_connection() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    let ticket = ticket(&server, &ann).await;
    let by_ticket = with_ticket(&server, &ticket).await.unwrap();
    let by_header = with_token(&server, &ann.token).await.unwrap();
    let mut by_frame = server.try_connect(PATH, &[PROTOCOL]).await.unwrap();
    assert_eq!(server.hub.connections(), 2, "whoever hasn't said who they are isn't connected");
    by_frame.send(&auth(&ann.token)).await;
    let mut open = [by_ticket, by_header, by_frame].map(Gateway::on);
    for gateway in &mut open {
        let hello = gateway.next("hello").await;
        assert_eq!((&hello["user"]["username"], &hello["heartbeat_ms"]), (&json!("ann"), &json!(25_000)));
        assert_eq!(hello["limits"], server.get("/api/v1/limits", &ann).await);
        gateway.ok(json!({"op": "sync"})).await;
    }
    assert_eq!(server.hub.connections_of(ann.id.parse().unwrap()), 3);
}

#[tokio::test]
async fn commands_right_behind_the_first_frame_are_carried_out() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    let mut socket = server.try_connect(PATH, &[PROTOCOL]).await.unwrap();
    socket.send(&auth(&ann.token)).await;
    socket.send(&json!({"op": "ping", "id": 1}).to_string()).await;
    let mut gateway = Gateway::on(socket);
    assert_eq!(gateway.next("pong").await["id"], 1);
    assert_eq!(gateway.code(json!({"op": "auth", "token": ann.token})).await, "bad_request");
}

#[tokio::test]
async fn a_ticket_is_good_once_and_for_half_a_minute() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    let used = ticket(&server, &ann).await;
    assert!(with_ticket(&server, &used).await.is_ok());
    let old = ticket(&server, &ann).await;
    server.clock.advance(Duration::from_secs(31));
    for ticket in [&used, &old, "", "nonsense"] {
        let (status, problem) = with_ticket(&server, ticket).await.err().unwrap();
        assert_eq!((status, problem["code"].as_str()), (401, Some("unauthenticated")), "{ticket}");
    }
    let of_an_ended_session = ticket(&server, &ann).await;
    server.request("DELETE", "/api/v1/sessions/current", &ann).send().await.unwrap();
    assert_eq!(with_ticket(&server, &of_an_ended_session).await.err().unwrap().0, 401);
}

#[tokio::test]
async fn a_token_that_is_not_good_is_refused_before_the_upgrade() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    let (status, problem) = with_token(&server, "nonsense").await.err().unwrap();
    assert_eq!((status, problem["code"].as_str()), (401, Some("unauthenticated")));
    server.clock.advance(Duration::from_secs(3601));
    let (status, problem) = with_token(&server, &ann.token).await.err().unwrap();
    assert_eq!((status, problem["code"].as_str()), (401, Some("token_expired")));
}

#[tokio::test]
async fn a_first_frame_that_is_not_good_closes_the_connection_and_says_why() {
    let server = Server::start().await;
    let (ann, bob) = (server.person("ann").await, server.person("bob").await);
    let valid_elsewhere = json!({"op": "sync", "token": ann.token}).to_string();
    for text in ["", "[]", "{}", "hello", r#"{"op":"auth"}"#, r#"{"op":"ping"}"#, &valid_elsewhere, &auth("nonsense")] {
        assert_eq!(first_frame(&server, text).await, 4004, "{text}");
    }
    let large = auth(&"x".repeat(10_000));
    assert_eq!(first_frame(&server, &large).await, 4004);
    server.request("DELETE", "/api/v1/sessions/current", &bob).send().await.unwrap();
    assert_eq!(first_frame(&server, &auth(&bob.token)).await, 4010);
    let carol = server.person("carol").await;
    disable_user(&server.ports, &Username::parse("carol").unwrap()).await.unwrap();
    let code = first_frame(&server, &auth(&carol.token)).await;
    assert!(matches!(code, 4010 | 4011), "{code}");
    server.clock.advance(Duration::from_secs(3601));
    assert_eq!(first_frame(&server, &auth(&ann.token)).await, 4003);
    assert_eq!(server.hub.connections(), 0);
}

#[tokio::test]
async fn no_token_is_taken_from_the_address_and_silence_closes_the_connection() {
    let timings = Timings { auth: Duration::from_millis(200), ..Timings::default() };
    let server = Server::with(HttpOptions { timings, ..HttpOptions::default() }).await;
    let ann = server.person("ann").await;
    let socket = server.try_connect(&format!("{PATH}?token={}", ann.token), &[PROTOCOL]).await.unwrap();
    assert_eq!(socket.closed().await, 4001);
}

#[tokio::test]
async fn our_protocol_has_to_be_offered() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    let authorization = format!("Bearer {}", ann.token);
    for offered in [None, Some("graphql-ws"), Some("ticket.abc")] {
        let mut headers = vec![("authorization", authorization.as_str())];
        headers.extend(offered.map(|offered| ("sec-websocket-protocol", offered)));
        let (status, problem) = server.try_connect(PATH, &headers).await.err().unwrap();
        assert_eq!((status, problem["code"].as_str()), (400, Some("bad_request")));
        assert!(problem["detail"].as_str().unwrap().contains("chinwag.v1"));
    }
    let other = server.try_connect(PATH, &[("sec-websocket-protocol", "chinwag.v2, chinwag.v3")]).await.unwrap();
    assert_eq!(other.closed().await, 4012);
    let several = [("sec-websocket-protocol", "chinwag.v2, chinwag.v1"), ("authorization", authorization.as_str())];
    assert!(server.try_connect(PATH, &several).await.is_ok());
}

#[tokio::test]
async fn a_page_of_another_site_opens_no_connection() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    let ticket = ticket(&server, &ann).await;
    let protocols = format!("chinwag.v1, ticket.{ticket}");
    for origin in ["https://evil.example", "null"] {
        let headers = [("sec-websocket-protocol", protocols.as_str()), ("origin", origin)];
        let (status, problem) = server.try_connect(PATH, &headers).await.err().unwrap();
        assert_eq!((status, problem["code"].as_str()), (403, Some("forbidden")));
    }
    assert!(with_ticket(&server, &ticket).await.is_ok(), "the refused pages didn't use the ticket up");
}

#[tokio::test]
async fn whoever_has_not_said_who_they_are_takes_few_places() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    let mut waiting = Vec::new();
    for _ in 0..32 {
        waiting.push(server.try_connect(PATH, &[PROTOCOL]).await.unwrap());
    }
    let (status, problem) = server.try_connect(PATH, &[PROTOCOL]).await.err().unwrap();
    assert_eq!((status, problem["code"].as_str()), (429, Some("too_many")));
    assert!(with_token(&server, &ann.token).await.is_ok(), "others aren't kept out");
    drop(waiting);
    let again = async { while server.try_connect(PATH, &[PROTOCOL]).await.is_err() {} };
    tokio::time::timeout(crate::server::SOON, again).await.expect("a place becomes free");
}

#[tokio::test]
async fn a_user_has_so_many_connections_however_they_are_opened() {
    let limits = Limits { connections_per_user: 1, ..Limits::default() };
    let server = Server::with(HttpOptions { limits, ..HttpOptions::default() }).await;
    let ann = server.person("ann").await;
    let first = with_token(&server, &ann.token).await.unwrap();
    let (status, problem) = with_token(&server, &ann.token).await.err().unwrap();
    assert_eq!((status, problem["code"].as_str()), (429, Some("too_many")));
    assert_eq!(first_frame(&server, &auth(&ann.token)).await, 1013);
    drop(first);
}

#[tokio::test]
async fn a_stop_tells_connections_to_come_back_and_closes_those_that_wait() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    let waiting = server.try_connect(PATH, &[PROTOCOL]).await.unwrap();
    let mut gateway = Gateway::live(&server, &ann).await;
    server.shutdown.cancel();
    assert!(gateway.next("reconnect").await["after_ms"].is_u64());
    assert_eq!(gateway.closed().await, 1012);
    assert_eq!(waiting.closed().await, 1012);
}
