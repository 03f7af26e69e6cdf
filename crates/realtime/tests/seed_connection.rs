//! The seed's socket without a socket: connections on a hub on a store in memory.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends at the first fault")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use domain::model::{Event, MessageId, PageAnchor, RoomKind, RoomRef};
use domain::port::Broadcaster;
use domain::usecase::{delete_message, disable_user, leave_room, log_out};
use domain::{ErrorCode, UseCaseError};
use infra_memory::LocalBroadcaster;
use realtime::Drained;
use support::{LosesHints, Scene, frames, frames_of};
use testkit::{a_room, page_size};

#[tokio::test]
async fn both_see_a_message_and_only_its_author_sees_the_nonce() {
    let scene = Scene::new().await;
    let (ann, bob) = (scene.person("ann").await, scene.person("bob").await);
    let (anns, bobs) = (scene.connect(&ann).await, scene.connect(&bob).await);
    anns.receive(r#"{"content":"Hello","nonce":"n1"}"#).await;
    let (own, other) = (frames_of(&anns, "message", 1).await, frames_of(&bobs, "message", 1).await);
    assert_eq!((&own[0]["content"], &own[0]["nonce"], &own[0]["seq"]), (&"Hello".into(), &"n1".into(), &1.into()));
    assert_eq!(other[0].get("nonce"), None);
    assert_eq!((&other[0]["room"], &other[0]["username"]), (&"general".into(), &"ann".into()));
}

#[tokio::test]
async fn a_repeated_nonce_is_answered_to_its_sender_and_shown_to_nobody_else() {
    let scene = Scene::new().await;
    let (ann, bob) = (scene.person("ann").await, scene.person("bob").await);
    let (anns, bobs) = (scene.connect(&ann).await, scene.connect(&bob).await);
    for text in [r#"{"content":"a","nonce":"n"}"#, r#"{"content":"a","nonce":"n"}"#, r#"{"content":"b"}"#] {
        anns.receive(text).await;
    }
    let contents = |frames: Vec<serde_json::Value>| frames.iter().map(|f| f["content"].clone()).collect::<Vec<_>>();
    let mut own = contents(frames_of(&anns, "message", 3).await);
    own.sort_by_key(ToString::to_string);
    assert_eq!(own, ["a", "a", "b"]);
    assert_eq!(contents(frames_of(&bobs, "message", 2).await), ["a", "b"]);
}

#[tokio::test]
async fn coming_and_going_is_told_once_a_user() {
    let scene = Scene::new().await;
    let (ann, bob) = (scene.person("ann").await, scene.person("bob").await);
    let anns = scene.connect(&ann).await;
    assert_eq!(frames_of(&anns, "user_joined", 1).await[0]["username"], "ann");
    let first = scene.connect(&bob).await;
    let second = scene.connect(&bob).await;
    drop(first);
    assert_eq!(frames_of(&anns, "user_joined", 1).await[0]["username"], "bob");
    drop(second);
    assert_eq!(frames(&anns).await[0]["type"], "user_left");
}

#[tokio::test]
async fn a_deletion_reaches_everybody_with_three_keys() {
    let scene = Scene::new().await;
    let ann = scene.person("ann").await;
    let connection = scene.connect(&ann).await;
    connection.receive(r#"{"content":"oops"}"#).await;
    let id = frames_of(&connection, "message", 1).await[0]["_id"].as_str().unwrap().to_owned();
    let message: MessageId = id.parse().unwrap();
    delete_message(&scene.ports, &ann, message).await.unwrap();
    let deleted = frames_of(&connection, "message_deleted", 1).await;
    assert_eq!(deleted[0], serde_json::json!({"type": "message_deleted", "_id": id, "room": "general"}));
}

#[tokio::test]
async fn bad_frames_are_answered_with_errors_and_the_connection_goes_on() {
    let scene = Scene::new().await;
    let connection = scene.connect(&scene.person("ann").await).await;
    let long = serde_json::json!({ "content": "a".repeat(4001) }).to_string();
    let cases = [
        ("nonsense", "bad_request"),
        (r#"{"content":""}"#, "invalid"),
        (long.as_str(), "too_long"),
        (r#"{"content":"a","nonce":"a b"}"#, "invalid"),
    ];
    for (text, code) in cases {
        connection.receive(text).await;
        assert_eq!(frames_of(&connection, "error", 1).await[0]["code"], code, "{text}");
    }
    connection.receive(r#"{"content":"still here"}"#).await;
    assert_eq!(frames_of(&connection, "message", 1).await[0]["content"], "still here");
}

#[tokio::test]
async fn a_reused_nonce_with_other_text_is_an_error() {
    let scene = Scene::new().await;
    let connection = scene.connect(&scene.person("ann").await).await;
    connection.receive(r#"{"content":"a","nonce":"n"}"#).await;
    connection.receive(r#"{"content":"b","nonce":"n"}"#).await;
    assert_eq!(frames_of(&connection, "error", 1).await[0]["code"], "nonce_reused");
}

#[tokio::test]
async fn a_connection_that_reads_nothing_gets_everything_in_order_once_it_does() {
    let scene = Scene::new().await;
    let (ann, bob) = (scene.person("ann").await, scene.person("bob").await);
    let (anns, slow) = (scene.connect(&ann).await, scene.connect(&bob).await);
    for number in 0..1000 {
        anns.receive(&format!(r#"{{"content":"{number}"}}"#)).await;
        // Ann reads along, so that only Bob falls behind.
        frames_of(&anns, "message", 1).await;
    }
    let seqs: Vec<u64> =
        frames_of(&slow, "message", 1000).await.iter().map(|frame| frame["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (1..=1000).collect::<Vec<_>>());
    anns.receive(r#"{"content":"live again"}"#).await;
    assert_eq!(frames_of(&slow, "message", 1).await[0]["seq"], 1001);
}

#[tokio::test(start_paused = true)]
async fn a_lost_hint_heals_within_a_heartbeat() {
    let scene = Scene::with_broadcaster(Arc::new(LosesHints(LocalBroadcaster::new()))).await;
    let connection = scene.connect(&scene.person("ann").await).await;
    connection.receive(r#"{"content":"nobody tells of me"}"#).await;
    let started = tokio::time::Instant::now();
    let mut bytes = Vec::new();
    while !bytes.iter().any(|frame: &bytes::Bytes| frame.starts_with(br#"{"type":"message""#)) {
        assert_eq!(connection.drain(&mut bytes).await, Drained::Frames);
    }
    assert!(started.elapsed() <= Duration::from_secs(26), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_hint_out_of_order_does_not_put_messages_out_of_order() {
    let hints = LocalBroadcaster::new();
    let scene = Scene::with_broadcaster(Arc::new(LosesHints(hints.clone()))).await;
    let (ann, bob) = (scene.person("ann").await, scene.person("bob").await);
    let (anns, bobs) = (scene.connect(&ann).await, scene.connect(&bob).await);
    for text in ["one", "two", "three"] {
        anns.receive(&format!(r#"{{"content":"{text}"}}"#)).await;
    }
    let page = scene.ports.messages.page(scene.room.id, PageAnchor::Latest, page_size(10)).await.unwrap();
    let last = Arc::new(page.items[2].clone());
    hints.publish(Event::Timeline(last)).await;
    let contents: Vec<_> = frames_of(&bobs, "message", 3).await.iter().map(|frame| frame["content"].clone()).collect();
    assert_eq!(contents, ["one", "two", "three"]);
}

#[tokio::test]
async fn leaving_logging_out_and_being_disabled_close_the_connection() {
    let scene = Scene::new().await;
    let (ann, bob, cleo) = (scene.person("ann").await, scene.person("bob").await, scene.person("cleo").await);
    let connections = [scene.connect(&ann).await, scene.connect(&bob).await, scene.connect(&cleo).await];
    leave_room(&scene.ports, &ann, &RoomRef::Id(scene.room.id)).await.unwrap();
    log_out(&scene.ports, &bob).await.unwrap();
    disable_user(&scene.ports, &cleo.username).await.unwrap();
    for (connection, code) in connections.iter().zip([1008, 4010, 4011]) {
        let closed = loop {
            let drained = tokio::time::timeout(Duration::from_secs(10), connection.drain(&mut Vec::new())).await;
            if let Drained::Close(reason) = drained.expect("closed within ten seconds") {
                break reason;
            }
        };
        assert_eq!(closed.code, code);
    }
}

#[tokio::test]
async fn a_twenty_first_connection_is_refused_and_closing_one_makes_room() {
    let scene = Scene::new().await;
    let ann = scene.person("ann").await;
    let mut connections = Vec::new();
    for _ in 0..20 {
        connections.push(scene.connect(&ann).await);
    }
    let room = RoomRef::Id(scene.room.id);
    let refused = scene.hub.connect_seed(ann.clone(), &room).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::TooMany);
    connections.pop();
    assert!(scene.hub.connect_seed(ann, &room).await.is_ok());
}

#[tokio::test]
async fn private_rooms_do_not_exist_for_outsiders_and_ended_sessions_connect_nowhere() {
    let scene = Scene::new().await;
    let (ann, bob) = (scene.person("ann").await, scene.person("bob").await);
    let mut secret = a_room("secret", ann.user_id);
    secret.room.kind = RoomKind::Private;
    let room = RoomRef::Id(secret.room.id);
    scene.ports.rooms.insert(secret).await.unwrap();
    assert_eq!(scene.hub.connect_seed(bob, &room).await.unwrap_err().code(), ErrorCode::NotFound);
    scene.ports.sessions.revoke(ann.user_id, ann.session_id).await.unwrap();
    assert_eq!(scene.hub.connect_seed(ann.clone(), &room).await.unwrap_err().code(), ErrorCode::Unauthenticated);
    assert_eq!(scene.hub.connections_of(ann.user_id), 0);
}
