use std::collections::BTreeMap;

use protocol::{
    ChangesFrame, GatewayFrame, LaggedFrame, MarkerDto, MessageDto, MessageUpdatedFrame, PingFrame, PresenceFrame,
    ReplyToDto, ResetFrame, RoomDto, RoomRemovedFrame, StateFrame, SyncedFrame, TypingFrame,
};
use serde_json::json;

use super::{Effect, ReadPosition, Replica};
use crate::event::GatewayEvent;

/// The id of the user in all tests.
pub(super) const ME: &str = "me";

pub(super) fn hello(epoch: &str) -> GatewayFrame {
    let limits = [
        "message_characters",
        "message_bytes",
        "frame_bytes",
        "body_bytes",
        "json_depth",
        "username_min_characters",
        "username_characters",
        "password_min_bytes",
        "password_bytes",
        "room_name_characters",
        "topic_characters",
        "sends_per_second",
        "sends_burst",
        "commands_per_second",
        "commands_burst",
        "logins_per_account",
        "logins_per_address",
        "connections_per_user",
    ];
    let limits: BTreeMap<_, _> = limits.into_iter().map(|name| (name, 0)).collect();
    let user = json!({"_id": ME, "username": "ann", "created_at": "", "disabled": false});
    serde_json::from_value(json!({
        "type": "hello", "epoch": epoch, "session": "s", "user": user, "heartbeat_ms": 25_000, "limits": limits,
        "features": [], "server_time": "",
    }))
    .unwrap()
}

pub(super) fn room(id: &str, head_rev: u64) -> RoomDto {
    serde_json::from_value(json!({
        "_id": id, "name": format!("name-{id}"), "kind": "public", "topic": "", "archived_at": null, "created_at": "",
        "member_count": 2, "head_seq": head_rev, "head_rev": head_rev, "role": "member",
        "read_seq": 0, "unread": 7, "mentions": 1,
    }))
    .unwrap()
}

pub(super) fn message(room_id: &str, seq: u64, rev: u64) -> MessageDto {
    serde_json::from_value(json!({
        "_id": format!("{room_id}-{seq}"), "room": "name", "room_id": room_id, "seq": seq, "rev": rev,
        "user_id": "other", "username": "bob", "content": format!("text of {seq}"), "created_at": "", "version": 1,
    }))
    .unwrap()
}

fn live(seq: u64, rev: u64) -> GatewayFrame {
    GatewayFrame::Message(Box::new(message("r", seq, rev)))
}

fn changes(from: u64, to: u64, items: Vec<MessageDto>) -> GatewayFrame {
    GatewayFrame::Changes(ChangesFrame { room_id: "r".to_owned(), from, to, items })
}

fn synced(head: u64) -> GatewayFrame {
    GatewayFrame::Synced(SyncedFrame { heads: [("r".to_owned(), head)].into() })
}

fn ping(head: u64) -> GatewayFrame {
    GatewayFrame::Ping(PingFrame { heads: [("r".to_owned(), head)].into() })
}

fn reset(items: Vec<MessageDto>, head: u64) -> GatewayFrame {
    GatewayFrame::Reset(ResetFrame { room_id: "r".to_owned(), items, head_seq: head, head_rev: head })
}

/// Gives a replica that is live in one room with two messages.
fn replica() -> Replica {
    let mut replica = Replica::new(100);
    replica.apply(hello("e"));
    replica.apply(GatewayFrame::State(StateFrame { rooms: vec![room("r", 2)], users: Vec::new() }));
    replica.apply(reset(vec![message("r", 1, 1), message("r", 2, 2)], 2));
    replica.apply(synced(2));
    replica
}

fn told(effects: &[Effect]) -> Vec<&GatewayEvent> {
    effects.iter().filter_map(|effect| if let Effect::Tell(event) = effect { Some(event) } else { None }).collect()
}

fn seqs(replica: &Replica) -> Vec<u64> {
    replica.room("r").unwrap().messages().map(|message| message.seq).collect()
}

fn asks() -> Effect {
    Effect::Sync("r".to_owned())
}

#[test]
fn after_hello_it_asks_for_everything_from_where_it_is() {
    let mut replica = replica();
    replica.disconnected();
    assert_eq!(replica.apply(hello("e")).last(), Some(&Effect::SyncAll));
    assert_eq!(replica.positions(), [("r".to_owned(), 2)].into());
    assert_eq!(replica.room("name-r").map(|room| room.room().id.as_str()), Some("r"));
}

#[test]
fn a_live_message_is_told_once() {
    let mut replica = replica();
    let effects = replica.apply(live(3, 3));
    assert!(matches!(told(&effects)[..], [GatewayEvent::Message(message)] if message.seq == 3));
    assert!(replica.apply(live(3, 3)).is_empty());
    assert_eq!(seqs(&replica), [1, 2, 3]);
}

#[test]
fn a_hole_is_asked_for_once_and_nothing_behind_it_is_told_before() {
    let mut replica = replica();
    assert_eq!(replica.apply(live(4, 4)), [asks()]);
    assert_eq!(replica.apply(live(5, 5)), []);
    assert!(!replica.room("r").unwrap().is_whole());
    let items = vec![message("r", 3, 3), message("r", 4, 4), message("r", 5, 5)];
    assert_eq!(told(&replica.apply(changes(2, 5, items))).len(), 3);
    assert_eq!(seqs(&replica), [1, 2, 3, 4, 5]);
    assert!(replica.room("r").unwrap().is_whole());
}

#[test]
fn changes_that_begin_too_late_are_not_applied() {
    let mut replica = replica();
    assert_eq!(replica.apply(changes(3, 4, vec![message("r", 4, 4)])), [asks()]);
    assert_eq!(replica.position("r"), 2);
}

#[test]
fn a_head_in_a_ping_shows_what_was_lost_in_silence() {
    let mut replica = replica();
    assert_eq!(replica.apply(ping(2)), [Effect::Pong]);
    assert_eq!(replica.apply(ping(3)), [Effect::Pong, asks()]);
    // The answer was lost too.
    let nothing_new = GatewayFrame::Ping(PingFrame { heads: BTreeMap::new() });
    assert_eq!(replica.apply(nothing_new), [Effect::Pong, asks()]);
}

#[test]
fn a_lag_is_always_answered_by_asking() {
    let mut replica = replica();
    let lagged = GatewayFrame::Lagged(LaggedFrame { room_id: "r".to_owned(), head_rev: 2 });
    assert_eq!(replica.apply(lagged), [asks()]);
}

#[test]
fn a_reset_begins_the_timeline_anew() {
    let mut replica = replica();
    replica.apply(live(4, 2000));
    let effects = replica.apply(reset(vec![message("r", 1999, 1999), message("r", 2000, 2000)], 2000));
    let event = GatewayEvent::Reset { room_id: "r".to_owned(), head_seq: 2000 };
    assert_eq!(told(&effects), [&event]);
    assert_eq!(seqs(&replica), [1999, 2000]);
    // A late copy of an old one changes nothing.
    assert!(replica.apply(reset(vec![], 0)).is_empty());
    assert_eq!(replica.position("r"), 2000);
}

#[test]
fn another_epoch_makes_it_forget_everything() {
    let mut replica = replica();
    let effects = replica.apply(hello("another"));
    assert!(matches!(told(&effects)[0], GatewayEvent::RoomRemoved { room_id } if room_id == "r"));
    assert!(replica.positions().is_empty());
    assert_eq!(replica.epoch(), Some("another"));
}

#[test]
fn rooms_come_and_go() {
    let mut replica = replica();
    let effects = replica.apply(GatewayFrame::Room(Box::new(room("new", 3))));
    assert_eq!(effects.last(), Some(&Effect::Sync("new".to_owned())));
    replica.apply(GatewayFrame::RoomRemoved(RoomRemovedFrame { room_id: "new".to_owned() }));
    assert!(replica.room("new").is_none());
    // What comes late for it means nothing any more.
    assert!(replica.apply(GatewayFrame::Message(Box::new(message("new", 4, 4)))).is_empty());
    let effects = replica.apply(GatewayFrame::State(StateFrame { rooms: Vec::new(), users: Vec::new() }));
    assert!(matches!(told(&effects)[..], [GatewayEvent::RoomRemoved { .. }]));
}

#[test]
fn a_room_frame_without_the_members_own_view_keeps_it() {
    let mut replica = replica();
    let changed = RoomDto { topic: "new".to_owned(), role: None, read_seq: None, ..room("r", 2) };
    replica.apply(GatewayFrame::Room(Box::new(changed)));
    let held = replica.room("r").unwrap().room();
    assert_eq!((held.topic.as_str(), held.role.as_deref(), held.read_seq), ("new", Some("member"), Some(0)));
}

#[test]
fn previews_follow_what_they_preview() {
    let mut replica = replica();
    let (id, user_id, username) = ("r-1".to_owned(), "other".to_owned(), "bob".to_owned());
    let mut answer = message("r", 3, 3);
    // It was read before the edit that the replica knows already.
    answer.reply_to = Some(ReplyToDto { id, seq: 1, user_id, username, excerpt: Some("stale".to_owned()) });
    replica.apply(GatewayFrame::Message(Box::new(answer)));
    let excerpt = |replica: &Replica| {
        let answer = replica.room("r").unwrap().message(3).unwrap().reply_to.clone();
        answer.unwrap().excerpt
    };
    assert_eq!(excerpt(&replica).as_deref(), Some("text of 1"));
    let edited = MessageDto { content: Some("new\ntext".to_owned()), version: Some(2), ..message("r", 1, 4) };
    let frame = MessageUpdatedFrame { change: "edit".to_owned(), message: edited };
    replica.apply(GatewayFrame::MessageUpdated(Box::new(frame)));
    assert_eq!(excerpt(&replica).as_deref(), Some("new text"));
    let deleted = MessageDto { content: None, deleted: true, ..message("r", 1, 5) };
    replica.apply(GatewayFrame::MessageDeleted(Box::new(deleted)));
    assert_eq!(excerpt(&replica), None);
}

#[test]
fn only_the_newest_messages_are_kept_and_old_ones_do_not_come_back() {
    let mut replica = Replica::new(2);
    replica.apply(hello("e"));
    replica.apply(GatewayFrame::State(StateFrame { rooms: vec![room("r", 0)], users: Vec::new() }));
    for seq in 1..=4 {
        replica.apply(live(seq, seq));
    }
    assert_eq!(seqs(&replica), [3, 4]);
    let frame = MessageUpdatedFrame { change: "pin".to_owned(), message: message("r", 1, 5) };
    let effects = replica.apply(GatewayFrame::MessageUpdated(Box::new(frame)));
    assert!(matches!(told(&effects)[..], [GatewayEvent::Updated { .. }]), "it is told but not held");
    assert_eq!((seqs(&replica), replica.position("r")), (vec![3, 4], 5));
}

#[test]
fn what_is_unread_is_counted_where_it_can_be() {
    let mut replica = replica();
    let own = MessageDto { user_id: ME.to_owned(), ..message("r", 3, 3) };
    replica.apply(GatewayFrame::Message(Box::new(own)));
    let calling = MessageDto { mentions: vec![ME.to_owned()], ..message("r", 4, 4) };
    replica.apply(GatewayFrame::Message(Box::new(calling)));
    let position = |replica: &Replica| replica.room("r").unwrap().read_position(ME);
    assert_eq!(position(&replica), ReadPosition { read_seq: 0, unread: 3, mentions: 1 });
    let marker = MarkerDto { room_id: "r".to_owned(), read_seq: 2, unread: 1, mentions: 1 };
    replica.apply(GatewayFrame::Marker(marker));
    assert_eq!(position(&replica), ReadPosition { read_seq: 2, unread: 1, mentions: 1 });
    // Only the server knows how many there are before what is held.
    replica.apply(reset(vec![message("r", 9, 9)], 9));
    assert_eq!(position(&replica).unread, 1);
}

#[test]
fn what_is_true_only_while_connected_is_forgotten() {
    let mut replica = replica();
    replica.apply(GatewayFrame::Typing(TypingFrame { room_id: "r".to_owned(), user_ids: vec!["other".to_owned()] }));
    let presence = serde_json::from_value(json!({"status": "online"})).unwrap();
    replica.apply(GatewayFrame::Presence(PresenceFrame { set: [("other".to_owned(), presence)].into() }));
    assert_eq!(replica.room("r").unwrap().typing(), ["other"]);
    assert!(replica.presence("other").is_some());
    replica.disconnected();
    assert!(replica.room("r").unwrap().typing().is_empty() && replica.presence("other").is_none());
}
