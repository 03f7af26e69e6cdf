//! The gateway against a server that misbehaves on command.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, its helpers too")]

mod fake;

use std::time::Duration;

use client::{CommandError, Gateway, GatewayEvent, GatewayOptions, OutgoingMessage, RoomFeed, Stopped};
use fake::{Fake, message, options, state, synced};
use serde_json::json;

#[tokio::test]
async fn it_connects_with_a_ticket_begins_with_a_sync_and_answers_pings() {
    let mut fake = Fake::start().await;
    let mut gateway = fake.gateway().await;
    let (mut peer, sync) = fake.begins().await;
    assert_eq!(peer.offered, "chinwag.v1, ticket.once");
    assert_eq!((&sync["epoch"], &sync["rooms"]), (&json!("e"), &json!({})));
    // Several frames may come as one.
    peer.says(json!([state(0), synced(0), message(1), {"type": "brand_new"}])).await;
    gateway.synced().await.unwrap();
    let event = gateway.next().await.unwrap();
    assert!(matches!(event, GatewayEvent::Message(message) if message.seq == 1));
    assert_eq!(gateway.replica(|replica| replica.position("r")), 1);
    peer.says(json!({"type": "ping", "heads": {"r": 3}})).await;
    assert_eq!(peer.hears().await, json!({"op": "pong"}));
    let sync = peer.hears().await;
    assert_eq!((&sync["op"], &sync["rooms"]), (&json!("sync"), &json!({"r": 1})));
}

#[tokio::test]
async fn a_send_without_an_answer_is_repeated_under_its_nonce_on_the_next_connection() {
    let mut fake = Fake::start().await;
    let gateway = fake.gateway().await;
    let handle = gateway.handle();
    let sending = async { handle.send("general", "hello").await.unwrap() };
    let serving = async {
        let (mut peer, _) = fake.begins().await;
        peer.says(json!([state(0), synced(0), message(1)])).await;
        let first = peer.hears().await;
        drop(peer);
        let (mut peer, sync) = fake.begins().await;
        assert_eq!(sync["rooms"], json!({"r": 1}));
        let again = peer.hears().await;
        assert_eq!((&again["op"], &again["nonce"]), (&json!("send"), &first["nonce"]));
        let stored = message(2);
        peer.says(json!({"type": "ok", "id": again["id"], "message": stored, "duplicate": true})).await;
        peer
    };
    let (sent, _peer) = tokio::join!(sending, serving);
    assert!(sent.duplicate);
    assert_eq!(sent.message.seq, 2);
}

#[tokio::test]
async fn an_announced_restart_is_followed_by_a_connection_after_that_time() {
    let mut fake = Fake::start().await;
    // Without the announcement it would wait for minutes.
    let backoff = Duration::from_secs(600);
    let slow = GatewayOptions { backoff_min: backoff, backoff_max: backoff, ..GatewayOptions::default() };
    let mut gateway = fake.gateway_with(slow).await;
    let (mut peer, _) = fake.begins().await;
    peer.says(json!({"type": "reconnect", "after_ms": 7})).await;
    peer.closes(1012).await;
    let lost = gateway.next_where(|event| matches!(event, GatewayEvent::Disconnected { .. })).await.unwrap();
    assert_eq!(lost, GatewayEvent::Disconnected { code: 1012, retry_in: Duration::from_millis(7) });
    fake.begins().await;
}

#[tokio::test]
async fn a_final_close_code_stops_it_and_ends_what_waits() {
    for code in [4004, 4010, 4011, 4012, 4013] {
        let mut fake = Fake::start().await;
        let mut gateway = fake.gateway().await;
        let handle = gateway.handle();
        let (mut peer, _) = fake.begins().await;
        let closing = async {
            peer.hears().await;
            peer.closes(code).await;
        };
        let (sent, ()) = tokio::join!(handle.send("general", "hello"), closing);
        assert_eq!(sent, Err(CommandError::Stopped));
        let stopped = gateway.next_where(|_| false).await.unwrap_err();
        assert_eq!(stopped, Stopped::Closed { code });
        assert_eq!(handle.send("general", "again").await, Err(CommandError::Stopped));
    }
}

#[tokio::test]
async fn transient_close_codes_lead_to_a_new_connection() {
    let mut fake = Fake::start().await;
    let _gateway = fake.gateway().await;
    for code in [1001, 1012, 1013, 4000, 4008, 4009, 4029] {
        fake.begins().await.0.closes(code).await;
    }
    fake.begins().await;
}

#[tokio::test]
async fn an_expired_token_is_refreshed_once() {
    let mut fake = Fake::start().await;
    let mut gateway = fake.gateway().await;
    fake.accepts().await.closes(4003).await;
    fake.accepts().await.closes(4003).await;
    let stopped = gateway.next_where(|_| false).await.unwrap_err();
    assert_eq!((stopped, fake.refreshes()), (Stopped::Closed { code: 4003 }, 1));
}

#[tokio::test]
async fn a_connection_that_worked_allows_another_refresh() {
    let mut fake = Fake::start().await;
    let mut gateway = fake.gateway().await;
    for _ in 0..3 {
        let (mut peer, _) = fake.begins().await;
        peer.says(json!([state(0), synced(0)])).await;
        gateway.synced().await.unwrap();
        peer.closes(4003).await;
    }
    fake.begins().await;
    assert_eq!(fake.refreshes(), 3);
}

#[tokio::test]
async fn silence_ends_a_connection() {
    let mut fake = Fake::start().await;
    let quick = GatewayOptions { silence: Duration::from_millis(50), ..options() };
    let _gateway = fake.gateway_with(quick).await;
    let (_silent, _) = fake.begins().await;
    fake.begins().await;
}

#[tokio::test]
async fn a_server_that_says_nothing_at_first_is_left() {
    let mut fake = Fake::start().await;
    let quick = GatewayOptions { connect_timeout: Duration::from_millis(300), ..options() };
    let _gateway = fake.gateway_with(quick).await;
    let _silent = fake.accepts().await;
    fake.accepts().await;
}

#[tokio::test]
async fn a_refused_ticket_is_asked_for_again_unless_the_session_is_over() {
    let mut fake = Fake::start().await;
    fake.refuses_a_ticket(503, "unavailable");
    fake.refuses_a_ticket(429, "rate_limited");
    let mut gateway = fake.gateway().await;
    let (peer, _) = fake.begins().await;
    fake.refuses_a_ticket(401, "unauthenticated");
    drop(peer);
    let stopped = gateway.next_where(|_| false).await.unwrap_err();
    assert_eq!(stopped, Stopped::Refused { code: "unauthenticated".to_owned() });
}

#[tokio::test]
async fn a_slow_program_is_told_that_it_missed_something_and_commands_go_on() {
    let mut fake = Fake::start().await;
    let mut gateway = fake.gateway_with(GatewayOptions { events: 2, ..options() }).await;
    let handle = gateway.handle();
    let (mut peer, _) = fake.begins().await;
    peer.says(json!([state(0), synced(0), message(1), message(2), message(3), message(4)])).await;
    let outgoing = OutgoingMessage { nonce: "mine".to_owned(), ..OutgoingMessage::new("general", "hello") };
    let serving = async {
        let send = peer.hears().await;
        assert_eq!(send["nonce"], "mine");
        peer.says(json!({"type": "error", "id": send["id"], "code": "forbidden", "message": "no"})).await;
    };
    let (sent, ()) = tokio::join!(handle.send_message(outgoing), serving);
    assert_eq!(sent.unwrap_err().code(), Some("forbidden"));
    gateway.next_where(|event| *event == GatewayEvent::Missed).await.unwrap();
    assert_eq!(gateway.replica(|replica| replica.room("general").unwrap().messages().count()), 4);
}

#[tokio::test]
async fn a_refused_sync_is_asked_again_after_the_time_the_server_names() {
    let mut fake = Fake::start().await;
    let _gateway = fake.gateway().await;
    let (mut peer, sync) = fake.begins().await;
    let refusal =
        json!({"type": "error", "id": sync["id"], "code": "rate_limited", "message": "", "retry_after_ms": 5});
    peer.says(refusal).await;
    assert_eq!(peer.hears().await["op"], "sync");
}

#[tokio::test]
async fn focus_and_presence_are_said_again_on_each_connection() {
    let mut fake = Fake::start().await;
    let gateway = fake.gateway().await;
    let handle = gateway.handle();
    handle.presence("idle", None, None).await;
    handle.focus(Some("general"), true).await;
    let (mut peer, _) = fake.begins().await;
    let mut ops = [peer.hears().await["op"].clone(), peer.hears().await["op"].clone()];
    ops.sort_by_key(ToString::to_string);
    assert_eq!(ops, [json!("focus"), json!("presence")]);
    drop(peer);
    let (mut peer, sync) = fake.begins().await;
    assert_eq!(sync["focus"], "general");
    assert_eq!(peer.hears().await["op"], "focus");
    assert_eq!(peer.hears().await["op"], "presence");
}

#[tokio::test]
async fn calls_that_find_their_token_expired_refresh_it_once_for_all() {
    let fake = Fake::start().await;
    let session = fake.log_in().await;
    let joins = (0..5).map(|_| session.join("general"));
    for joined in futures_util::future::join_all(joins).await {
        assert_eq!(joined.unwrap().id, "r");
    }
    assert_eq!((fake.refreshes(), session.token().as_str()), (1, "token 1"));
}

#[tokio::test]
async fn a_feed_gives_every_message_once_and_in_order_whatever_the_replica_holds() {
    let mut fake = Fake::start().await;
    let session = fake.log_in().await;
    let mut gateway = Gateway::start(session.clone(), options());
    let mut feed = RoomFeed::new(session, "r", 2);
    let (mut peer, _) = fake.begins().await;
    let newest = json!({"type": "reset", "room_id": "r", "items": [message(7)], "head_seq": 7, "head_rev": 7});
    // The last one is told before it comes in an answer.
    peer.says(json!([state(7), newest, synced(7), message(8), message(8), message(9)])).await;
    for seq in 3..=9 {
        assert_eq!(feed.next(&mut gateway).await.unwrap().seq, seq);
    }
    assert_eq!(fake.pages(), 2, "it asks for what the replica doesn't hold");
    peer.closes(4010).await;
    assert_eq!(feed.next(&mut gateway).await, Err(Stopped::Closed { code: 4010 }));
}
