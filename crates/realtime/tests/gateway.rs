//! The gateway without a socket: connections on a hub on a store in memory.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends at the first fault")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use domain::model::{Actor, Event, MemberNotice, RoomKind, RoomRef};
use domain::port::Broadcaster;
use domain::usecase::{CreateRoom, create_room, delete_message, disable_user, join_room, leave_room, log_out};
use infra_memory::LocalBroadcaster;
use serde_json::{Value, json};
use support::{Client, LosesHints, Scene};
use testkit::{BASE_TIME, room_name};

/// Posts and gives the acknowledged message.
async fn post(client: &mut Client, nonce: &str, content: &str) -> Value {
    client.send(json!({"op": "send", "id": nonce, "room": "general", "nonce": nonce, "content": content})).await;
    loop {
        let frame = client.next_of("ok").await;
        if frame["id"] == nonce {
            return frame["message"].clone();
        }
    }
}

async fn two_people(scene: &Scene) -> (Client, Client) {
    let (ann, bob) = (scene.person("ann").await, scene.person("bob").await);
    (scene.live(&ann).await, scene.live(&bob).await)
}

#[tokio::test]
async fn a_sync_gives_state_then_each_room_then_the_end() {
    let scene = Scene::new().await;
    let ann = scene.person("ann").await;
    join_room(&scene.ports, &ann, &RoomRef::Id(scene.room.id)).await.unwrap();
    let mut client = scene.gateway(&ann).await;
    client.send(json!({"op": "sync", "id": 1})).await;
    assert_eq!(client.next().await, json!({"type": "ok", "id": 1}));
    let state = client.next_of("state").await;
    assert_eq!(state["rooms"][0]["name"], "general");
    assert_eq!((&state["rooms"][0]["unread"], &state["rooms"][0]["read_seq"]), (&0.into(), &0.into()));
    let reset = client.next_of("reset").await;
    assert_eq!((&reset["head_rev"], &reset["items"]), (&0.into(), &json!([])));
    let synced = client.next_of("synced").await;
    assert_eq!(synced["heads"], json!({ scene.room.id.to_string(): 0 }));
}

#[tokio::test]
async fn a_message_is_acknowledged_to_its_sender_and_shown_to_the_others() {
    let scene = Scene::new().await;
    let (mut ann, mut bob) = two_people(&scene).await;
    let message = post(&mut ann, "n1", "Hello").await;
    assert_eq!((&message["seq"], &message["rev"], &message["version"]), (&1.into(), &1.into(), &1.into()));
    let shown = bob.next_of("message").await;
    assert_eq!((&shown["content"], &shown["_id"], shown.get("nonce")), (&"Hello".into(), &message["_id"], None));
}

#[tokio::test]
async fn a_repeated_nonce_is_acknowledged_as_a_duplicate_and_another_text_is_refused() {
    let scene = Scene::new().await;
    let (mut ann, _bob) = two_people(&scene).await;
    let first = post(&mut ann, "n1", "Hello").await;
    ann.send(json!({"op": "send", "id": 2, "room": "general", "nonce": "n1", "content": "Hello"})).await;
    let again = ann.next_of("ok").await;
    assert_eq!((&again["duplicate"], &again["message"]["_id"]), (&true.into(), &first["_id"]));
    ann.send(json!({"op": "send", "id": 3, "room": "general", "nonce": "n1", "content": "Other"})).await;
    assert_eq!(ann.next_of("error").await["code"], "nonce_reused");
}

#[tokio::test]
async fn every_change_arrives_as_the_whole_message_under_the_next_rev() {
    let scene = Scene::new().await;
    let (mut ann, mut bob) = two_people(&scene).await;
    let id = post(&mut ann, "n1", "first").await["_id"].clone();
    ann.send(json!({"op": "edit", "message": id, "content": "second", "version": 1})).await;
    bob.send(json!({"op": "react", "message": id, "emoji": "👍"})).await;
    bob.next_of("message").await;
    let edited = bob.next_of("message_updated").await;
    let reacted = bob.next_of("message_updated").await;
    assert_eq!((&edited["change"], &edited["content"], &edited["rev"]), (&"edit".into(), &"second".into(), &2.into()));
    assert_eq!((&reacted["change"], &reacted["rev"]), (&"reaction".into(), &3.into()));
    assert_eq!(reacted["reactions"][0]["count"], 1);
    ann.send(json!({"op": "delete", "message": id})).await;
    let deleted = bob.next_of("message_deleted").await;
    assert_eq!((&deleted["rev"], &deleted["deleted"], deleted.get("content")), (&4.into(), &true.into(), None));
    bob.send(json!({"op": "react", "id": 9, "message": id, "emoji": "👍"})).await;
    assert_eq!(bob.next_of("error").await["code"], "not_found");
}

#[tokio::test]
async fn an_edit_of_an_old_version_is_refused_with_the_present_message() {
    let scene = Scene::new().await;
    let (mut ann, _bob) = two_people(&scene).await;
    let id = post(&mut ann, "n1", "first").await["_id"].clone();
    ann.send(json!({"op": "edit", "id": 1, "message": id, "content": "second", "version": 1})).await;
    ann.send(json!({"op": "edit", "id": 2, "message": id, "content": "third", "version": 1})).await;
    let refused = ann.next_of("error").await;
    assert_eq!((&refused["id"], &refused["code"]), (&2.into(), &"version_mismatch".into()));
    assert_eq!((&refused["current"]["content"], &refused["current"]["version"]), (&"second".into(), &2.into()));
}

#[tokio::test]
async fn whoever_comes_back_gets_exactly_what_they_missed() {
    let scene = Scene::new().await;
    let (mut ann, mut bob) = two_people(&scene).await;
    let first = post(&mut ann, "n1", "one").await;
    bob.next_of("message").await;
    let epoch = scene.ports.dataset.epoch().await.unwrap();
    let actor = bob.connection.actor().clone();
    drop(bob);
    post(&mut ann, "n2", "two").await;
    ann.send(json!({"op": "edit", "message": first["_id"], "content": "one!", "version": 1})).await;
    ann.next_of("message_updated").await;
    let mut bob = scene.gateway(&actor).await;
    bob.send(json!({"op": "sync", "epoch": epoch.as_str(), "rooms": { scene.room.id.to_string(): 1 }})).await;
    let changes = bob.next_of("changes").await;
    assert_eq!((&changes["from"], &changes["to"]), (&1.into(), &3.into()));
    let contents: Vec<_> = changes["items"].as_array().unwrap().iter().map(|item| item["content"].clone()).collect();
    assert_eq!(contents, ["two", "one!"]);
    bob.next_of("synced").await;
    post(&mut ann, "n3", "three").await;
    assert_eq!(bob.next_of("message").await["rev"], 4);
}

#[tokio::test]
async fn numbers_of_another_epoch_and_gaps_too_large_begin_anew() {
    let scene = Scene::new().await;
    let (mut ann, bob) = two_people(&scene).await;
    for number in 0..1001 {
        post(&mut ann, &format!("n{number}"), "x").await;
    }
    let epoch = scene.ports.dataset.epoch().await.unwrap();
    let actor = bob.connection.actor().clone();
    for (epoch, rev) in [("another", 1000), (epoch.as_str(), 0), (epoch.as_str(), 5000)] {
        let mut client = scene.gateway(&actor).await;
        client.send(json!({"op": "sync", "epoch": epoch, "rooms": { scene.room.id.to_string(): rev }})).await;
        client.next_of("state").await;
        let reset = client.next().await;
        assert_eq!((&reset["type"], &reset["head_rev"]), (&"reset".into(), &1001.into()), "{epoch} {rev}");
        assert_eq!(reset["items"].as_array().unwrap().len(), 50);
    }
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_told_that_it_lags_and_catches_up() {
    let scene = Scene::new().await;
    let (mut ann, mut slow) = two_people(&scene).await;
    for number in 0..600 {
        post(&mut ann, &format!("n{number}"), "x").await;
        // Ann reads along, so that only Bob falls behind.
        ann.next_of("message").await;
    }
    assert_eq!(slow.next_of("lagged").await["head_rev"], 600);
    let epoch = scene.ports.dataset.epoch().await.unwrap();
    slow.send(json!({"op": "sync", "epoch": epoch.as_str(), "rooms": { scene.room.id.to_string(): 256 }})).await;
    let mut seqs = Vec::new();
    loop {
        let frame = slow.next().await;
        if frame["type"] == "synced" {
            break;
        }
        if frame["type"] == "changes" {
            seqs.extend(frame["items"].as_array().unwrap().iter().map(|item| item["seq"].as_u64().unwrap()));
        }
    }
    assert_eq!(seqs, (257..=600).collect::<Vec<_>>());
    post(&mut ann, "last", "live again").await;
    assert_eq!(slow.next_of("message").await["seq"], 601);
}

#[tokio::test(start_paused = true)]
async fn the_heartbeat_tells_the_heads_that_moved() {
    let scene = Scene::new().await;
    let (mut ann, mut bob) = two_people(&scene).await;
    post(&mut ann, "n1", "x").await;
    bob.next_of("message").await;
    assert_eq!(bob.next_of("ping").await["heads"], json!({ scene.room.id.to_string(): 1 }));
    assert_eq!(bob.next_of("ping").await["heads"], json!({}));
}

#[tokio::test(start_paused = true)]
async fn the_heartbeat_tells_those_who_lag_each_time() {
    let scene = Scene::new().await;
    let (mut ann, mut slow) = two_people(&scene).await;
    for number in 0..300 {
        post(&mut ann, &format!("n{number}"), "x").await;
        ann.next_of("message").await;
    }
    slow.next_of("lagged").await;
    for _ in 0..2 {
        assert_eq!(slow.next_of("ping").await["heads"], json!({ scene.room.id.to_string(): 300 }));
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_hint_heals_within_a_heartbeat() {
    let scene = Scene::with_broadcaster(Arc::new(LosesHints(LocalBroadcaster::new()))).await;
    let (mut ann, mut bob) = two_people(&scene).await;
    let started = tokio::time::Instant::now();
    post(&mut ann, "n1", "nobody tells of me").await;
    bob.next_of("message").await;
    assert!(started.elapsed() <= Duration::from_secs(26), "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn changes_that_were_replaced_before_they_were_told_leave_no_hole() {
    let scene = Scene::with_broadcaster(Arc::new(LosesHints(LocalBroadcaster::new()))).await;
    let (mut ann, mut bob) = two_people(&scene).await;
    let first = post(&mut ann, "n1", "first").await;
    let second = post(&mut ann, "n2", "second").await;
    ann.send(json!({"op": "edit", "message": first["_id"], "content": "third", "version": 1})).await;
    ann.send(json!({"op": "react", "message": second["_id"], "emoji": "👍"})).await;
    // Of four changes only the last two are left in the store.
    let told = bob.next_of("changes").await;
    assert_eq!((&told["from"], &told["to"], told["items"].as_array().unwrap().len()), (&0.into(), &3.into(), 1));
    assert_eq!(told["items"][0]["content"], "third");
    assert_eq!(bob.next_of("message_updated").await["rev"], 4);
}

#[tokio::test]
async fn joining_and_creating_rooms_reaches_all_devices_and_leaving_ends_delivery_at_once() {
    let scene = Scene::new().await;
    let ann = scene.person("ann").await;
    let (mut phone, mut desk) = (scene.live(&ann).await, scene.live(&ann).await);
    let input = CreateRoom { name: room_name("new"), kind: RoomKind::Private, topic: domain::model::Topic::default() };
    let made = create_room(&scene.ports, &ann, input).await.unwrap();
    for client in [&mut phone, &mut desk] {
        client.next_with("room", "_id", &made.access.room.id.to_string()).await;
        client.next_with("reset", "room_id", &made.access.room.id.to_string()).await;
    }
    leave_room(&scene.ports, &ann, &RoomRef::Id(made.access.room.id)).await.unwrap();
    for client in [&mut phone, &mut desk] {
        assert_eq!(client.next_of("room_removed").await["room_id"], made.access.room.id.to_string());
    }
}

#[tokio::test]
async fn a_member_who_is_removed_during_a_burst_gets_nothing_after() {
    let scene = Scene::new().await;
    let (mut ann, mut bob) = two_people(&scene).await;
    let actor = bob.connection.actor().clone();
    for number in 0..20 {
        post(&mut ann, &format!("before{number}"), "before").await;
    }
    leave_room(&scene.ports, &actor, &RoomRef::Id(scene.room.id)).await.unwrap();
    for number in 0..20 {
        post(&mut ann, &format!("after{number}"), "after").await;
    }
    loop {
        let frame = bob.next().await;
        assert_ne!(frame["content"], "after");
        if frame["type"] == "room_removed" {
            break;
        }
    }
    bob.send(json!({"op": "ping", "id": "end"})).await;
    // Who is there is told each second, whatever else happens.
    let mut next = bob.next().await;
    while next["type"] == "presence" {
        next = bob.next().await;
    }
    assert_eq!(next["type"], "pong", "{next}");
}

#[tokio::test]
async fn events_that_were_lost_are_made_up_for_from_the_store() {
    let hints = LocalBroadcaster::with_capacity(4);
    let scene = Scene::with_broadcaster(Arc::new(hints.clone())).await;
    let ann = scene.person("ann").await;
    let mut client = scene.live(&ann).await;
    // Nobody hears of this membership, and then so much happens that the hub loses count.
    let mut hidden = testkit::a_room("hidden", ann.user_id);
    hidden.room.kind = RoomKind::Private;
    let id = hidden.room.id;
    scene.ports.rooms.insert(hidden).await.unwrap();
    let notice = MemberNotice { room_id: id, user_id: ann.user_id, username: ann.username.clone(), at: BASE_TIME };
    for _ in 0..64 {
        hints.publish(Event::Connected(notice.clone())).await;
    }
    client.next_with("room", "_id", &id.to_string()).await;
}

#[tokio::test]
async fn a_leaving_that_is_told_late_takes_no_room_from_whoever_came_back() {
    let hints = LocalBroadcaster::new();
    let scene = Scene::with_broadcaster(Arc::new(hints.clone())).await;
    let (mut ann, mut bob) = two_people(&scene).await;
    let Actor { user_id, username, .. } = bob.connection.actor().clone();
    // It is long ago: Bob is a member.
    let notice = MemberNotice { room_id: scene.room.id, user_id, username, at: BASE_TIME };
    hints.publish(Event::MemberLeft(notice)).await;
    bob.next_of("room_removed").await;
    bob.next_with("reset", "room_id", &scene.room.id.to_string()).await;
    post(&mut ann, "n1", "welcome back").await;
    assert_eq!(bob.next_of("message").await["content"], "welcome back");
}

#[tokio::test]
async fn a_read_position_is_told_again_after_events_were_lost() {
    let hints = LocalBroadcaster::with_capacity(4);
    let scene = Scene::with_broadcaster(Arc::new(hints.clone())).await;
    let (mut ann, mut bob) = two_people(&scene).await;
    post(&mut ann, "n1", "x").await;
    let Actor { user_id, username, .. } = bob.connection.actor().clone();
    let (room_id, seq) = (scene.room.id, domain::model::RoomSeq::new(1).unwrap());
    let marker = domain::model::Marker { room_id, user_id, seq, back: false };
    scene.ports.read_states.mark(marker).await.unwrap();
    let notice = MemberNotice { room_id, user_id, username, at: BASE_TIME };
    for _ in 0..64 {
        hints.publish(Event::Connected(notice.clone())).await;
    }
    assert_eq!(bob.next_of("room").await["read_seq"], 1);
}

#[tokio::test]
async fn a_further_sync_without_an_epoch_begins_anew_and_goes_on() {
    let scene = Scene::new().await;
    let (mut ann, mut bob) = two_people(&scene).await;
    post(&mut ann, "n1", "one").await;
    bob.send(json!({"op": "sync", "rooms": { scene.room.id.to_string(): 900 }})).await;
    assert_eq!(bob.next_of("reset").await["head_rev"], 1);
    post(&mut ann, "n2", "two").await;
    assert_eq!(bob.next_of("message").await["rev"], 2);
}

#[tokio::test]
async fn logging_out_and_being_disabled_close_the_connection() {
    let scene = Scene::new().await;
    let (ann, bob) = (scene.person("ann").await, scene.person("bob").await);
    let (anns, bobs) = (scene.live(&ann).await, scene.live(&bob).await);
    log_out(&scene.ports, &ann).await.unwrap();
    disable_user(&scene.ports, &bob.username).await.unwrap();
    assert_eq!((anns.closed().await.0, bobs.closed().await.0), (4010, 4011));
}

#[tokio::test]
async fn a_stop_tells_when_to_come_back_and_closes_with_1012() {
    let scene = Scene::new().await;
    let client = scene.live(&scene.person("ann").await).await;
    scene.hub.stop();
    let (code, before) = client.closed().await;
    assert_eq!(code, 1012);
    assert!(before.last().unwrap()["after_ms"].as_u64().unwrap() < 3000);
}

#[tokio::test]
async fn a_read_position_follows_to_other_devices_with_what_it_leaves() {
    let scene = Scene::new().await;
    let (ann, bob) = (scene.person("ann").await, scene.person("bob").await);
    let (mut phone, mut desk, mut other) = (scene.live(&ann).await, scene.live(&ann).await, scene.live(&bob).await);
    for number in 0..3 {
        post(&mut other, &format!("n{number}"), "hey @ann").await;
    }
    phone.send(json!({"op": "mark", "id": 1, "room": "general", "seq": 2})).await;
    let marker = json!({"room_id": scene.room.id.to_string(), "read_seq": 2, "unread": 1, "mentions": 1});
    assert_eq!(phone.next_of("ok").await["marker"], marker);
    let mut followed = desk.next_of("marker").await;
    followed.as_object_mut().unwrap().remove("type");
    assert_eq!(followed, marker);
    phone.send(json!({"op": "mark", "id": 2, "room": "general", "seq": 9})).await;
    assert_eq!(phone.next_of("error").await["code"], "invalid");
    phone.send(json!({"op": "mark", "id": 3, "room": "general", "seq": 1})).await;
    assert_eq!(phone.next_of("ok").await["marker"]["read_seq"], 2);
    phone.send(json!({"op": "mark", "id": 4, "room": "general", "seq": 1, "unread": true})).await;
    assert_eq!(phone.next_of("ok").await["marker"]["unread"], 2);
}

#[tokio::test(start_paused = true)]
async fn others_see_how_far_somebody_has_read() {
    let scene = Scene::new().await;
    let (mut ann, mut bob) = two_people(&scene).await;
    let reader = ann.connection.actor().user_id.to_string();
    post(&mut bob, "n1", "x").await;
    ann.send(json!({"op": "mark", "room": "general", "seq": 1})).await;
    assert_eq!(bob.next_of("receipt").await["set"], json!({ reader: 1 }));
}

#[tokio::test(start_paused = true)]
async fn a_typing_list_replaces_the_one_before_and_ends_by_itself() {
    let scene = Scene::new().await;
    let (mut ann, mut bob) = two_people(&scene).await;
    let writer = ann.connection.actor().user_id.to_string();
    ann.send(json!({"op": "typing", "room": "general", "on": true})).await;
    assert_eq!(bob.next_of("typing").await["user_ids"], json!([writer]));
    let started = tokio::time::Instant::now();
    assert_eq!(bob.next_of("typing").await["user_ids"], json!([]));
    assert!(started.elapsed() <= Duration::from_secs(9), "{:?}", started.elapsed());
    ann.send(json!({"op": "typing", "room": "general", "on": true})).await;
    bob.next_of("typing").await;
    post(&mut ann, "n1", "done").await;
    assert_eq!(bob.next_of("typing").await["user_ids"], json!([]), "a message ends it");
    ann.send(json!({"op": "typing", "room": "general", "on": true})).await;
    bob.next_of("typing").await;
    drop(ann);
    assert_eq!(bob.next_of("typing").await["user_ids"], json!([]), "and so does leaving");
}

#[tokio::test(start_paused = true)]
async fn coming_going_and_choosing_is_shown_to_those_who_share_a_room() {
    let scene = Scene::new().await;
    let (ann, bob) = (scene.person("ann").await, scene.person("bob").await);
    let mut bobs = scene.live(&bob).await;
    let mut anns = scene.live(&ann).await;
    let id = ann.user_id.to_string();
    let status = |frame: &Value| frame["set"][&id]["status"].clone();
    let mut seen = Vec::new();
    while seen.last() != Some(&json!("online")) {
        seen.push(status(&bobs.next_of("presence").await));
    }
    anns.send(json!({"op": "presence", "status": "dnd", "text": "at lunch"})).await;
    let frame = bobs.next_of("presence").await;
    assert_eq!((status(&frame), &frame["set"][&id]["text"]), (json!("dnd"), &json!("at lunch")));
    let left = tokio::time::Instant::now();
    drop(anns);
    let frame = bobs.next_of("presence").await;
    assert_eq!(status(&frame), "offline");
    assert!(frame["set"][&id]["last_seen_at"].is_string());
    assert!(left.elapsed() <= Duration::from_secs(30), "{:?}", left.elapsed());
}

#[tokio::test]
async fn outsiders_hear_nothing_of_a_private_room() {
    let scene = Scene::new().await;
    let (ann, bob) = (scene.person("ann").await, scene.person("bob").await);
    let input =
        CreateRoom { name: room_name("secret"), kind: RoomKind::Private, topic: domain::model::Topic::default() };
    create_room(&scene.ports, &ann, input).await.unwrap();
    let (mut anns, mut bobs) = (scene.live(&ann).await, scene.live(&bob).await);
    anns.send(json!({"op": "send", "room": "secret", "nonce": "n", "content": "psst"})).await;
    for (id, command) in [
        json!({"op": "send", "id": 0, "room": "secret", "nonce": "n", "content": "x"}),
        json!({"op": "mark", "id": 1, "room": "secret", "seq": 0}),
        json!({"op": "typing", "id": 2, "room": "secret", "on": true}),
        json!({"op": "focus", "id": 3, "room": "secret"}),
    ]
    .into_iter()
    .enumerate()
    {
        bobs.send(command).await;
        let frame = bobs.next_of("error").await;
        assert_eq!((&frame["id"], &frame["code"]), (&id.into(), &"not_found".into()));
    }
}

#[tokio::test]
async fn a_message_deleted_over_rest_is_deleted_on_the_socket() {
    let scene = Scene::new().await;
    let (mut ann, mut bob) = two_people(&scene).await;
    let message = post(&mut ann, "n1", "x").await;
    let actor = ann.connection.actor().clone();
    delete_message(&scene.ports, &actor, message["_id"].as_str().unwrap().parse().unwrap()).await.unwrap();
    assert_eq!(bob.next_of("message_deleted").await["_id"], message["_id"]);
}
