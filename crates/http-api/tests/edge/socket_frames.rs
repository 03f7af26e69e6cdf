//! What clients put on the socket that they shouldn't, and the parts of the protocol a browser never shows.

use http_api::{HttpOptions, Limits};
use serde_json::json;

use crate::raw::{Raw, frame};
use crate::server::{Person, Server};

const TEXT: u8 = 0x81;

async fn scene() -> (Server, Person) {
    let options = HttpOptions { limits: Limits { sends_per_second: 0, ..Limits::default() }, ..HttpOptions::default() };
    let server = Server::with(options).await;
    let ann = server.person("ann").await;
    server.room(&ann, "general", "public").await;
    (server, ann)
}

fn say(content: &str) -> Vec<u8> {
    frame(TEXT, json!({"content": content}).to_string().as_bytes())
}

#[tokio::test]
async fn bad_frames_get_error_frames_and_the_socket_stays_open() {
    let (server, ann) = scene().await;
    let mut raw = Raw::socket(&server, "general", &ann, &[]).await;
    let deep = format!("{{\"content\":\"x\",\"more\":{}{}}}", "[".repeat(16), "]".repeat(16));
    let long = json!({"content": "x".repeat(4001)}).to_string();
    let large = json!({"content": "x".repeat(64 * 1024)}).to_string();
    for (bytes, code) in [
        (frame(TEXT, b""), "bad_request"),
        (frame(TEXT, b"hello"), "bad_request"),
        (frame(TEXT, b"[]"), "bad_request"),
        (frame(TEXT, b"{\"content\":5}"), "bad_request"),
        (frame(TEXT, b"{\"content\":\"a\",\"nonce\":{}}"), "bad_request"),
        (frame(TEXT, b"{\"content\":\" \"}"), "invalid"),
        (frame(TEXT, b"{\"content\":\"a\",\"nonce\":\"a b\"}"), "invalid"),
        (frame(TEXT, long.as_bytes()), "too_long"),
        (frame(TEXT, deep.as_bytes()), "bad_request"),
        (frame(TEXT, &[0xff, 0xfe]), "bad_request"),
        (frame(0x82, b"binary"), "bad_request"),
        (frame(TEXT, large.as_bytes()), "too_large"),
        (
            [frame(0x01, &b"x".repeat(40_000)), frame(0x00, &b"x".repeat(40_000)), frame(0x80, b"")].concat(),
            "too_large",
        ),
    ] {
        raw.send(&bytes).await;
        assert_eq!(raw.next("error").await["code"], code);
    }
    raw.send(&say("still here")).await;
    assert_eq!(raw.next("message").await["content"], "still here");
}

#[tokio::test]
async fn a_message_in_fragments_with_a_ping_between_them_is_one_message() {
    let (server, ann) = scene().await;
    let text = json!({"content": "in four pieces"}).to_string();
    let (head, tail) = text.split_at(7);
    let bytes = [frame(0x01, head.as_bytes()), frame(0x89, b"are you there"), frame(0x80, tail.as_bytes())].concat();
    // The first bytes come together with the handshake, the others one by one.
    let mut raw = Raw::socket(&server, "general", &ann, &bytes[..5]).await;
    for byte in &bytes[5..] {
        raw.send(&[*byte]).await;
    }
    let mut seen = (false, false);
    while seen != (true, true) {
        match raw.frame().await.unwrap() {
            (0x8a, payload) => {
                assert_eq!(payload, b"are you there");
                seen.0 = true;
            }
            (_, payload) => {
                let frame: serde_json::Value = serde_json::from_slice(&payload).unwrap();
                seen.1 |= frame["content"] == "in four pieces";
            }
        }
    }
}

#[tokio::test]
async fn frames_that_break_the_protocol_close_the_socket() {
    let (server, ann) = scene().await;
    let cases: [(&str, Vec<u8>, u16); 7] = [
        ("unmasked", [&[TEXT, 2], &b"{}"[..]].concat(), 1002),
        ("reserved opcode", frame(0x83, b"x"), 1002),
        ("reserved bit", frame(0xc1, b"x"), 1002),
        ("fragmented ping", frame(0x09, b"x"), 1002),
        ("long ping", frame(0x89, &[0; 126]), 1002),
        ("orphan continuation", frame(0x80, b"x"), 1002),
        ("two mebibytes", [&[TEXT, 0xff, 0, 0, 0, 0, 0, 0x20, 0, 0], &[0; 4][..]].concat(), 1009),
    ];
    for (name, bytes, code) in cases {
        let mut raw = Raw::socket(&server, "general", &ann, &[]).await;
        raw.send(&bytes).await;
        assert_eq!(raw.closed().await, code, "{name}");
        assert!(raw.rest().await.is_empty());
    }
}

#[tokio::test]
async fn a_close_frame_comes_back_with_its_code() {
    let (server, ann) = scene().await;
    for (payload, code) in
        [(&1001_u16.to_be_bytes()[..], 1001), (&4999_u16.to_be_bytes(), 4999), (&[], 1000), (&[0, 1], 1000)]
    {
        let mut raw = Raw::socket(&server, "general", &ann, &[]).await;
        raw.send(&frame(0x88, payload)).await;
        assert_eq!(raw.closed().await, code);
        assert!(raw.rest().await.is_empty());
    }
}

#[tokio::test]
async fn nonsense_without_end_closes_the_socket() {
    let (server, ann) = scene().await;
    let mut raw = Raw::socket(&server, "general", &ann, &[]).await;
    raw.send(&frame(0x82, b"binary").repeat(100)).await;
    assert_eq!(raw.closed().await, 4013);
}

#[tokio::test]
async fn messages_sent_all_at_once_keep_their_order() {
    let (server, ann) = scene().await;
    let mut raw = Raw::socket(&server, "general", &ann, &[]).await;
    let bytes: Vec<u8> = (0..200).flat_map(|number| say(&number.to_string())).collect();
    raw.send(&bytes).await;
    for number in 0..200 {
        let message = raw.next("message").await;
        assert_eq!(
            (message["content"].as_str(), message["seq"].as_u64()),
            (Some(number.to_string().as_str()), Some(number + 1))
        );
    }
}

#[tokio::test]
async fn requests_that_are_no_handshake_are_told_so() {
    let (server, ann) = scene().await;
    let path = format!("/chat/ws/general?token={}", ann.token);
    let plain = server.http.get(server.url(&path)).send().await.unwrap();
    assert_eq!(plain.headers()["upgrade"], "websocket");
    crate::server::refused(plain, 426, "bad_request").await;
    let (status, _) = server.try_connect(&path, &[("sec-websocket-version", "8")]).await.err().unwrap();
    assert_eq!(status, 426);
    let (status, _) = server.try_connect(&path, &[("sec-websocket-key", "short")]).await.err().unwrap();
    assert_eq!(status, 400);
}
