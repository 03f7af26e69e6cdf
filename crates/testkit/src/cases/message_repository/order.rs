//! Many writers at once: one order, without gaps, for everybody.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::model::{Message, MessageChange, PageAnchor, RoomId, RoomRev, RoomSeq};
use domain::port::{Appended, Changed};
use futures_util::future::BoxFuture;

use super::{ann_in_general, assert_dense, revs, seqs, texts};
use crate::builders::{BASE_TIME, a_message, page_size};
use crate::stores::Stores;
use crate::together::together;

async fn post_from_10_tasks(stores: &Stores, rooms: &[RoomId], each: usize) -> Vec<Message> {
    let ann = stores.users.list(None, page_size(1)).await.expect("there are users").remove(0);
    let posted = together((0..10_usize).map(|task| {
        let (messages, ann, rooms) = (Arc::clone(&stores.messages), ann.clone(), rooms.to_vec());
        async move {
            let mut mine = Vec::new();
            for number in 0..each {
                let room_id = rooms[(task + number) % rooms.len()];
                let new = a_message(room_id, &ann, &format!("task {task}, message {number}"));
                mine.push(messages.append(new).await.expect("it is appended").message);
            }
            mine
        }
    }))
    .await;
    posted.into_iter().flatten().collect()
}

pub async fn concurrent_appends_leave_no_gap_in_either_number(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let random = stores.add_room("random", &ann).await;
    let quiet = stores.add_room("quiet", &ann).await;
    let rooms = [general.id, random.id, quiet.id];
    let posted = post_from_10_tasks(stores, &rooms, 20).await;
    assert_eq!(posted.len(), 200);
    for room_id in rooms {
        let mut expected: Vec<Message> = posted.iter().filter(|message| message.room_id == room_id).cloned().collect();
        expected.sort_by_key(|message| message.seq);
        let timeline = stores.timeline(room_id).await;
        assert_eq!(timeline, expected, "what was acknowledged is what is stored");
        let last = expected.len() as u64;
        assert_dense(seqs(&timeline), last, "seq");
        assert_dense(revs(&timeline), last, "rev");
        let head = stores.head(room_id).await;
        assert_eq!((head.seq.get(), head.rev.get()), (last, last));
    }
}

pub async fn each_writers_messages_stay_in_the_order_of_writing(stores: &Stores) {
    let (_, general) = ann_in_general(stores).await;
    post_from_10_tasks(stores, &[general.id], 20).await;
    let timeline = stores.timeline(general.id).await;
    let timeline = texts(&timeline);
    for task in 0..10 {
        let prefix = format!("task {task}, ");
        let mine: Vec<&str> = timeline.iter().copied().filter(|text| text.starts_with(&prefix)).collect();
        let expected: Vec<String> = (0..20).map(|number| format!("{prefix}message {number}")).collect();
        assert_eq!(mine, expected);
    }
}

/// A client that pipelines doesn't wait for one answer before it sends the next message.
pub async fn appends_begun_one_after_the_other_are_stored_in_that_order(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let random = stores.add_room("random", &ann).await;
    for round in 0..3 {
        let mut under_way: Vec<BoxFuture<'_, Appended>> = Vec::new();
        for number in 0..50 {
            let room_id = if number % 5 == 0 { random.id } else { general.id };
            let new = a_message(room_id, &ann, &format!("{round}:{number:02}"));
            let mut append: BoxFuture<'_, Appended> =
                Box::pin(async { stores.messages.append(new).await.expect("it is appended") });
            // Polling once is beginning.
            under_way.push(match futures_util::poll!(&mut append) {
                std::task::Poll::Ready(done) => Box::pin(std::future::ready(done)),
                std::task::Poll::Pending => append,
            });
        }
        futures_util::future::join_all(under_way).await;
    }
    for room_id in [general.id, random.id] {
        let timeline = stores.timeline(room_id).await;
        let texts = texts(&timeline);
        assert!(texts.is_sorted(), "the order of beginning is the order of storing: {texts:?}");
    }
}

/// Watches the timeline while it grows, as catching up does.
pub async fn a_reader_never_sees_a_hole_while_others_append(stores: &Stores) {
    let (_, general) = ann_in_general(stores).await;
    let done = AtomicBool::new(false);
    let write = async {
        let posted = post_from_10_tasks(stores, std::slice::from_ref(&general.id), 20).await;
        done.store(true, Ordering::SeqCst);
        posted.len() as u64
    };
    let watch = async {
        let (mut seq, mut rev) = (RoomSeq::ZERO, RoomRev::ZERO);
        loop {
            let last_look = done.load(Ordering::SeqCst);
            let page = stores.page(general.id, PageAnchor::After(seq), 500).await;
            for message in page.items {
                assert_eq!(message.seq, seq.next(), "a number becomes visible only when all below it are");
                seq = message.seq;
            }
            assert!(page.head.seq <= seq, "nothing up to the head is missing");
            let changes = stores.messages.changes(general.id, rev, page_size(500)).await.expect("they are read");
            for message in changes.items {
                assert_eq!(message.rev, rev.next(), "a change becomes visible only when all below it are");
                rev = message.rev;
            }
            assert!(changes.head.rev <= rev, "nothing up to the head is missing");
            if last_look {
                return (seq.get(), rev.get());
            }
            tokio::task::yield_now().await;
        }
    };
    let (written, seen) = tokio::join!(write, watch);
    assert_eq!(seen, (written, written));
}

pub async fn concurrent_appends_and_deletions_leave_no_gap_in_rev(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let results = together((0..10).map(|_| {
        let (messages, ann, room_id) = (Arc::clone(&stores.messages), ann.clone(), general.id);
        async move {
            let mut revs = Vec::new();
            for _ in 0..10 {
                let new = a_message(room_id, &ann, "short-lived");
                let message = messages.append(new).await.expect("it is appended").message;
                revs.push(message.rev.get());
                let delete = MessageChange::Delete { by: ann.id, at: BASE_TIME };
                let deletion = messages.change(message.id, delete).await.expect("it is deleted");
                let Changed::Done(tombstone) = deletion else { panic!("the message was there") };
                assert!(tombstone.rev > message.rev);
                revs.push(tombstone.rev.get());
            }
            revs
        }
    }))
    .await;
    assert_dense(results.into_iter().flatten().collect(), 200, "rev");
    let timeline = stores.timeline(general.id).await;
    assert_dense(seqs(&timeline), 100, "seq");
    assert!(timeline.iter().all(Message::is_deleted));
}
