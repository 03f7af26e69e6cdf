//! What a connection holds, step by step.

use bytes::Bytes;
use domain::model::{
    Author, Id, Mentions, MessageBody, MessageId, NewMessage, Privacy, RoomId, RoomRev, RoomSeq, Timestamp, UserId,
    Username,
};
use protocol::MarkerDto;
use serde_json::{Value, json};

use super::queue::{MAX_BYTES, MAX_FRAMES};
use super::{Found, Missing, Outbox, Pending, Start};
use crate::close_reason::CloseReason;
use crate::frame::{Dialect, Frame, TimelineFrame};

const LATEST: Start = Start::Behind(Missing::Latest);

fn room(number: u8) -> RoomId {
    RoomId::new(Id::from_bytes([number; 12]))
}

fn user(number: u8) -> UserId {
    UserId::new(Id::from_bytes([number; 12]))
}

fn rev(number: u64) -> RoomRev {
    RoomRev::new(number).unwrap()
}

fn gateway() -> Outbox {
    Outbox::new(user(1), Dialect::Gateway, Privacy::default())
}

/// A change of room 1.
fn change(number: u64) -> Frame {
    sized_change(number, 1)
}

fn sized_change(number: u64, size: usize) -> Frame {
    let new = NewMessage {
        id: MessageId::new(Id::from_bytes([3; 12])),
        room_id: room(1),
        author: Author { id: user(2), username: Username::parse("ann").unwrap() },
        body: MessageBody::parse("😀".repeat(size)).unwrap(),
        mentions: Mentions::default(),
        created_at: Timestamp::from_millis(0),
        nonce: None,
        reply_to: None,
        thread: None,
    };
    let message = new.numbered(RoomSeq::new(number).unwrap(), rev(number));
    Frame::Timeline(TimelineFrame::new(&message, "general", (rev(number - 1), RoomRev::ZERO)))
}

fn found(missing: Missing, text: &str, through: u64) -> Found {
    let frames = vec![Bytes::from(json!({"type": text}).to_string())];
    Found { missing, frames, through: rev(through) }
}

/// Makes room 1 live at that change, with nothing queued.
fn live(outbox: &Outbox, at: u64) {
    outbox.begin(room(1), Start::Behind(Missing::Changes(rev(at))), false);
    let found = Found { missing: Missing::Changes(rev(at)), frames: Vec::new(), through: rev(at) };
    outbox.push_missed(room(1), found, || Some(rev(at)));
}

fn frames(outbox: &Outbox) -> Vec<Value> {
    let mut taken = Vec::new();
    assert_eq!(outbox.take(&mut taken), Pending::Frames);
    taken.iter().map(|frame| serde_json::from_slice(frame).unwrap()).collect()
}

fn kinds(outbox: &Outbox) -> Vec<String> {
    frames(outbox).iter().map(|frame| frame["type"].as_str().unwrap().to_owned()).collect()
}

fn next(outbox: &Outbox) -> Pending {
    outbox.take(&mut Vec::new())
}

#[test]
fn a_live_room_queues_each_change_once_and_in_order() {
    let outbox = gateway();
    live(&outbox, 4);
    outbox.push(room(1), &[change(4), change(5), change(5), change(6)]);
    outbox.push(room(2), &[change(1)]);
    let revs: Vec<_> = frames(&outbox).iter().map(|frame| frame["rev"].as_u64().unwrap()).collect();
    assert_eq!(revs, [5, 6]);
    assert_eq!(next(&outbox), Pending::Nothing);
}

#[test]
fn a_room_that_is_behind_takes_nothing_live_until_it_has_caught_up_with_the_room() {
    let outbox = gateway();
    outbox.begin(room(1), LATEST, false);
    outbox.push(room(1), &[change(7)]);
    assert_eq!(next(&outbox), Pending::CatchUp(room(1), Missing::Latest));
    outbox.push_missed(room(1), found(Missing::Latest, "reset", 6), || Some(rev(7)));
    assert_eq!(kinds(&outbox), ["reset"]);
    assert_eq!(next(&outbox), Pending::CatchUp(room(1), Missing::Changes(rev(6))));
    outbox.push_missed(room(1), found(Missing::Changes(rev(6)), "changes", 7), || Some(rev(7)));
    outbox.push(room(1), &[change(7), change(8)]);
    assert_eq!(kinds(&outbox), ["changes", "message"]);
}

#[test]
fn changes_that_do_not_fit_are_left_out_and_the_client_is_told_once_the_queue_is_empty() {
    let outbox = gateway();
    live(&outbox, 0);
    let all: Vec<_> = (1..=300).map(change).collect();
    outbox.push(room(1), &all);
    assert_eq!(frames(&outbox).len(), MAX_FRAMES);
    let told = frames(&outbox);
    assert_eq!((&told[0]["type"], &told[0]["head_rev"]), (&"lagged".into(), &300.into()));
    outbox.push(room(1), &[change(301)]);
    assert_eq!(next(&outbox), Pending::Nothing, "it is told once, and nothing comes until the client asks");
    outbox.begin_asked(room(1), Start::Behind(Missing::Changes(rev(256))), false);
    assert_eq!(next(&outbox), Pending::CatchUp(room(1), Missing::Changes(rev(256))));
}

#[test]
fn the_queue_is_bounded_in_bytes_too() {
    let outbox = gateway();
    live(&outbox, 0);
    let all: Vec<_> = (1..=200).map(|number| sized_change(number, 4_000)).collect();
    outbox.push(room(1), &all);
    let mut taken = Vec::new();
    outbox.take(&mut taken);
    assert!(taken.iter().map(Bytes::len).sum::<usize>() <= MAX_BYTES);
}

#[test]
fn a_sync_ends_when_the_last_of_its_rooms_has_caught_up_however_early_the_first_did() {
    let outbox = gateway();
    outbox.begin_asked(room(1), LATEST, false);
    // The first room is done before the second was even begun.
    outbox.push_missed(room(1), found(Missing::Latest, "reset", 3), || Some(rev(3)));
    outbox.begin_asked(room(2), LATEST, false);
    outbox.all_asked();
    assert_eq!(kinds(&outbox), ["reset"]);
    outbox.push_missed(room(2), found(Missing::Latest, "reset", 5), || Some(rev(5)));
    let last = frames(&outbox).pop().unwrap();
    let heads = json!({ room(1).to_string(): 3, room(2).to_string(): 5 });
    assert_eq!(last, json!({"type": "synced", "heads": heads}));
}

#[test]
fn a_sync_again_before_the_first_is_finished_ends_once_with_everything() {
    let outbox = gateway();
    outbox.begin_asked(room(1), LATEST, false);
    outbox.begin_asked(room(2), LATEST, false);
    outbox.all_asked();
    outbox.begin_asked(room(1), Start::Behind(Missing::Changes(rev(2))), true);
    outbox.all_asked();
    outbox.push_missed(room(1), found(Missing::Latest, "reset", 3), || Some(rev(3)));
    assert_eq!(next(&outbox), Pending::CatchUp(room(1), Missing::Changes(rev(2))), "what was read before is dropped");
    outbox.push_missed(room(1), found(Missing::Changes(rev(2)), "changes", 3), || Some(rev(3)));
    outbox.push_missed(room(2), found(Missing::Latest, "reset", 1), || Some(rev(1)));
    assert_eq!(kinds(&outbox), ["changes", "reset", "synced"]);
}

#[test]
fn a_room_that_ends_is_waited_for_no_longer_and_told_of_no_more() {
    let outbox = gateway();
    outbox.begin_asked(room(1), LATEST, false);
    outbox.begin_asked(room(2), LATEST, false);
    outbox.push_missed(room(1), found(Missing::Latest, "reset", 3), || Some(rev(3)));
    frames(&outbox);
    outbox.all_asked();
    outbox.add_marker(room(1), MarkerDto { room_id: room(1).to_string(), read_seq: 1, unread: 0, mentions: 0 });
    outbox.end(room(1));
    outbox.end(room(2));
    outbox.push(room(1), &[change(4)]);
    assert_eq!(frames(&outbox), [json!({"type": "synced", "heads": {}})]);
    assert_eq!(next(&outbox), Pending::Nothing);
}

#[test]
fn a_client_that_claims_more_than_there_is_begins_where_the_store_says() {
    let outbox = gateway();
    outbox.begin(room(1), Start::Behind(Missing::Changes(RoomRev::MAX)), false);
    outbox.push_missed(room(1), found(Missing::Changes(RoomRev::MAX), "reset", 3), || Some(rev(3)));
    outbox.push(room(1), &[change(4)]);
    assert_eq!(kinds(&outbox), ["reset", "message"]);
}

#[test]
fn a_live_room_that_begins_anew_gives_out_what_was_queued_before_what_is_read() {
    let outbox = gateway();
    live(&outbox, 0);
    outbox.push(room(1), &[change(1), change(2)]);
    outbox.begin(room(1), Start::Behind(Missing::Changes(rev(0))), false);
    outbox.push(room(1), &[change(3)]);
    assert_eq!(kinds(&outbox), ["message", "message"]);
    assert_eq!(next(&outbox), Pending::CatchUp(room(1), Missing::Changes(rev(0))));
}

#[test]
fn states_are_kept_by_key_and_the_last_one_wins() {
    let outbox = gateway();
    live(&outbox, 0);
    for seq in [1, 2] {
        outbox.add_marker(room(1), MarkerDto { room_id: room(1).to_string(), read_seq: seq, unread: 0, mentions: 0 });
        outbox.add_receipts(room(1), &[(user(2), RoomSeq::new(seq).unwrap()), (user(1), RoomSeq::new(seq).unwrap())]);
    }
    let told = frames(&outbox);
    assert_eq!(told.len(), 2);
    assert_eq!(told[0]["read_seq"], 2);
    assert_eq!(told[1]["set"], json!({ user(2).to_string(): 2 }), "nobody is told of themselves");
}

#[test]
fn a_wish_that_comes_while_another_one_is_fulfilled_is_another_one() {
    let outbox = gateway();
    outbox.refresh(room(1));
    let Pending::Refresh(_, first) = next(&outbox) else {
        panic!("a wish");
    };
    outbox.refresh(room(1));
    outbox.refreshed(room(1), first);
    assert!(matches!(next(&outbox), Pending::Refresh(_, second) if second != first));
    outbox.recheck();
    assert!(matches!(next(&outbox), Pending::Recheck(_)), "everything comes before a single room");
}

#[test]
fn wishes_wait_while_the_list_of_rooms_is_read() {
    let outbox = gateway();
    outbox.hold_wishes(true);
    outbox.refresh(room(1));
    outbox.recheck();
    assert_eq!(next(&outbox), Pending::Nothing);
    outbox.hold_wishes(false);
    assert!(matches!(next(&outbox), Pending::Recheck(_)));
}

#[test]
fn whoever_cannot_be_read_lets_the_others_go_first() {
    let outbox = gateway();
    outbox.begin(room(1), LATEST, false);
    outbox.begin(room(2), LATEST, false);
    outbox.postpone(room(1));
    assert_eq!(next(&outbox), Pending::CatchUp(room(2), Missing::Latest));
    outbox.begin(room(3), LATEST, true);
    assert_eq!(next(&outbox), Pending::CatchUp(room(3), Missing::Latest), "the focused room comes first");
}

#[test]
fn a_heartbeat_tells_the_heads_that_moved_since_the_last_one() {
    let outbox = gateway();
    live(&outbox, 4);
    outbox.push(room(1), &[change(5)]);
    outbox.ping();
    outbox.ping();
    let told = frames(&outbox);
    assert_eq!(told[1]["heads"], json!({ room(1).to_string(): 5 }));
    assert_eq!(told[2]["heads"], json!({}));
}

#[tokio::test]
async fn a_full_queue_has_room_again_once_it_was_taken_and_closing_is_told_at_once() {
    let outbox = gateway();
    for _ in 0..MAX_FRAMES {
        outbox.reply(Bytes::from_static(b"{}"));
    }
    let mut has_room = std::pin::pin!(outbox.has_room());
    assert!(futures_util::poll!(has_room.as_mut()).is_pending());
    outbox.take(&mut Vec::new());
    assert!(futures_util::poll!(has_room.as_mut()).is_ready());
    let mut closing = std::pin::pin!(outbox.closing());
    assert!(futures_util::poll!(closing.as_mut()).is_pending());
    outbox.begin(room(1), LATEST, false);
    outbox.close(CloseReason::SESSION_REVOKED);
    assert!(futures_util::poll!(closing.as_mut()).is_ready());
    assert_eq!(next(&outbox), Pending::Close(CloseReason::SESSION_REVOKED), "closing comes before catching up");
}

#[test]
fn the_seeds_socket_reads_what_does_not_fit_by_itself() {
    let outbox = Outbox::new(user(1), Dialect::Seed, Privacy::default());
    outbox.begin(room(1), Start::AtHead, false);
    outbox.push(room(1), &[change(1)]);
    outbox.room_is_at(room(1), rev(1));
    let all: Vec<_> = (2..=300).map(change).collect();
    outbox.push(room(1), &all);
    assert_eq!(frames(&outbox).len(), MAX_FRAMES);
    assert_eq!(next(&outbox), Pending::CatchUp(room(1), Missing::Changes(rev(257))));
}
