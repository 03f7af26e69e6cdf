//! Who does too much is told to wait, and who dribbles is cut off.

use std::time::Duration;

use http_api::{HttpOptions, Limits, Timings};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::raw::Raw;
use crate::server::{PASSWORD, Server, refused};

#[tokio::test]
async fn rest_and_socket_share_the_limit_on_messages() {
    let limits = Limits { sends_per_second: 1, sends_burst: 4, ..Limits::default() };
    let server = Server::with(HttpOptions { limits, ..HttpOptions::default() }).await;
    let ann = server.person("ann").await;
    server.room(&ann, "general", "public").await;
    let mut socket = server.connect("general", &ann).await;
    let body = json!({"content": "x"});
    for remaining in [3, 2] {
        let response = server.post("/api/v1/rooms/general/messages", &ann, &body).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        assert_eq!(response.headers()["ratelimit-policy"], "\"sends\";q=4;w=4");
        let quota = response.headers()["ratelimit"].to_str().unwrap();
        assert!(quota.starts_with(&format!("\"sends\";r={remaining};t=")), "{quota}");
    }
    for _ in 0..3 {
        socket.say("x").await;
    }
    assert_eq!(socket.next("error").await["code"], "rate_limited");
    let response = server.post("/api/v1/rooms/general/messages", &ann, &body).await;
    assert_eq!(response.headers()["retry-after"], "1");
    let problem = refused(response, 429, "rate_limited").await;
    let wait = problem["retry_after_ms"].as_u64().unwrap();
    assert!((1..=1000).contains(&wait), "{wait}");
    tokio::time::sleep(Duration::from_millis(wait)).await;
    assert_eq!(server.post("/api/v1/rooms/general/messages", &ann, &body).await.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn going_on_in_spite_of_a_hundred_refusals_closes_the_socket() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    server.room(&ann, "general", "public").await;
    let mut socket = server.connect("general", &ann).await;
    for _ in 0..130 {
        if futures_util::SinkExt::send(&mut socket.0, "{\"content\":\"x\"}".into()).await.is_err() {
            break;
        }
    }
    assert_eq!(socket.closed().await, 4029);
}

#[tokio::test]
async fn other_requests_have_a_limit_of_their_own() {
    let limits = Limits { commands_per_second: 1, commands_burst: 3, ..Limits::default() };
    let server = Server::with(HttpOptions { limits, ..HttpOptions::default() }).await;
    let (ann, bob) = (server.person("ann").await, server.person("bob").await);
    for _ in 0..3 {
        server.get("/users/me", &ann).await;
    }
    refused(server.request("GET", "/users/me", &ann).send().await.unwrap(), 429, "rate_limited").await;
    server.get("/users/me", &bob).await;
}

#[tokio::test]
async fn an_address_may_sign_in_and_up_only_so_often_and_a_proxy_speaks_for_its_clients() {
    let limits = Limits { logins_per_address: 2, ..Limits::default() };
    let trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    let server = Server::with(HttpOptions { limits, trusted_proxies, ..HttpOptions::default() }).await;
    server.person("ann").await;
    let sign_in = async |from: &str| {
        let body = json!({"username": "ann", "password": PASSWORD});
        let request = server.http.post(server.url("/api/v1/sessions")).header("x-forwarded-for", from);
        request.json(&body).send().await.unwrap()
    };
    for _ in 0..2 {
        assert_eq!(sign_in("192.0.2.1").await.status(), StatusCode::CREATED);
    }
    refused(sign_in("192.0.2.1").await, 429, "rate_limited").await;
    assert_eq!(sign_in("2001:db8::1").await.status(), StatusCode::CREATED);
    let body = json!({"username": "bob", "password": PASSWORD});
    let sign_up = async || {
        let request = server.http.post(server.url("/users/")).header("x-forwarded-for", "2001:db8::2");
        request.json(&body).send().await.unwrap()
    };
    assert_eq!(sign_up().await.status(), StatusCode::CREATED);
    refused(sign_up().await, 429, "rate_limited").await;
}

#[tokio::test]
async fn guessing_at_an_account_is_delayed_and_its_owner_still_gets_in() {
    let limits = Limits { logins_per_account: 900, ..Limits::default() };
    let slow = Limits { logins_per_account: 1, ..limits };
    let server = Server::with(HttpOptions { limits: slow, ..HttpOptions::default() }).await;
    server.person("ann").await;
    let sign_in = async |password: &str| {
        let form = [("username", "ann"), ("password", password)];
        server.http.post(server.url("/token")).form(&form).send().await.unwrap()
    };
    refused(sign_in("wrong").await, 401, "bad_credentials").await;
    let start = std::time::Instant::now();
    assert_eq!(sign_in(PASSWORD).await.status(), StatusCode::OK);
    assert!(start.elapsed() >= Duration::from_secs(4));
}

#[tokio::test]
async fn headers_that_drip_or_do_not_end_are_cut_off() {
    let timings = Timings { header_read: Duration::from_millis(300), ..Timings::default() };
    let server = Server::with(HttpOptions { timings, ..HttpOptions::default() }).await;
    let mut silent = Raw::connect(server.address).await;
    let mut dripping = Raw::connect(server.address).await;
    dripping.send(b"GET /healthz HTTP/1.1\r\nx: ").await;
    assert!(silent.rest().await.is_empty());
    let answer = String::from_utf8(dripping.rest().await).unwrap();
    assert!(!answer.contains("200 OK"), "{answer}");
    let mut large = Raw::connect(server.address).await;
    large.send(format!("GET /healthz HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(20_000)).as_bytes()).await;
    assert!(large.head().await.starts_with("HTTP/1.1 431"));
}

#[tokio::test]
async fn a_body_that_drips_is_cut_off() {
    let timings = Timings { body_read: Duration::from_millis(300), ..Timings::default() };
    let server = Server::with(HttpOptions { timings, ..HttpOptions::default() }).await;
    let mut raw = Raw::connect(server.address).await;
    let head = "POST /users/ HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    raw.send(head.as_bytes()).await;
    assert!(raw.head().await.starts_with("HTTP/1.1 408"));
}

#[tokio::test]
async fn the_limits_are_published() {
    let server = Server::start().await;
    let limits: Value = server.http.get(server.url("/api/v1/limits")).send().await.unwrap().json().await.unwrap();
    let expected =
        [("message_characters", 4000), ("frame_bytes", 65536), ("sends_burst", 15), ("connections_per_user", 20)];
    for (name, value) in expected {
        assert_eq!(limits[name], value, "{name}");
    }
}
