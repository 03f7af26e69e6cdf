//! The replies of a thread, and their number.

use domain::model::{Message, MessageId, RoomSeq, ThreadPage, ThreadSummary};

use super::{a_thread, replies, summary};
use crate::builders::{a_message, a_nonce, a_reply, a_thread_reply};
use crate::ids::fresh_id;
use crate::stores::Stores;

fn seqs(page: &ThreadPage) -> Vec<u64> {
    page.items.iter().map(|message| message.seq.get()).collect()
}

fn seq(number: u64) -> RoomSeq {
    RoomSeq::new(number).expect("a small number")
}

/// A thread with replies in the places 3, 5, 7, 9 and 11, of which 5 and 11 are deleted; between them other messages
/// and another thread.
async fn a_busy_thread(stores: &Stores) -> (Message, Vec<Message>) {
    let (ann, bob, root) = a_thread(stores).await;
    let other = stores.post(root.room_id, &bob, "another thread").await;
    let mut mine = Vec::new();
    for number in 0..5 {
        let author = if number % 2 == 0 { &ann } else { &bob };
        mine.push(stores.append(a_thread_reply(&root, author, &format!("reply {number}"))).await);
        if number % 2 == 0 {
            stores.append(a_thread_reply(&other, author, "elsewhere")).await;
        } else {
            stores.append(a_reply(&root, author, "an answer in no thread")).await;
        }
    }
    for number in [1, 4] {
        mine[number] = stores.delete(&mine[number]).await;
    }
    (root, mine)
}

pub async fn replies_come_by_place_whole_with_tombstones(stores: &Stores) {
    let (root, mine) = a_busy_thread(stores).await;
    let page = replies(stores, root.id, RoomSeq::ZERO, 50).await;
    assert_eq!(page, ThreadPage { items: mine.clone(), more: false });
    assert_eq!(seqs(&page), [3, 5, 7, 9, 11]);
    assert!(mine.iter().all(|reply| reply.thread == Some(root.id)));
    for reply in mine {
        assert_eq!(stores.find(reply.id).await, reply);
    }
}

pub async fn replies_are_paged_after_a_place(stores: &Stores) {
    let (root, _) = a_busy_thread(stores).await;
    for (after, size, expected, more) in [
        (0, 2, vec![3, 5], true),
        (0, 4, vec![3, 5, 7, 9], true),
        (0, 5, vec![3, 5, 7, 9, 11], false),
        (3, 1, vec![5], true),
        (4, 1, vec![5], true),
        (9, 1, vec![11], false),
        (10, 5, vec![11], false),
        (11, 5, vec![], false),
        (RoomSeq::MAX.get(), 5, vec![], false),
    ] {
        let page = replies(stores, root.id, seq(after), size).await;
        assert_eq!((seqs(&page), page.more), (expected, more), "after {after}, page of {size}");
    }
}

pub async fn replies_are_shown_as_they_are_now(stores: &Stores) {
    let (ann, bob, root) = a_thread(stores).await;
    let first = stores.append(a_thread_reply(&root, &bob, "first")).await;
    let mut second = a_reply(&first, &ann, "second");
    (second.thread, second.nonce) = (Some(root.id), Some(a_nonce("n-1")));
    let second = stores.append(second).await;
    let first = stores.edit(&first, "first, edited").await;
    let first = stores.react(&first, &ann, "👍").await;
    let second = stores.pin(&second, &bob).await;
    let page = replies(stores, root.id, RoomSeq::ZERO, 50).await;
    assert_eq!(page.items, [first, second.clone()]);
    let excerpt = second.reply_to.and_then(|preview| preview.excerpt).expect("it answers a live message");
    assert_eq!(excerpt.as_str(), "first, edited");
}

pub async fn a_summary_counts_replies_that_were_not_deleted(stores: &Stores) {
    let (ann, bob, root) = a_thread(stores).await;
    let none = ThreadSummary { replies: 0, last_seq: RoomSeq::ZERO, following: true };
    assert_eq!(summary(stores, root.id, &ann).await, none, "a message nobody replied to");
    let first = stores.append(a_thread_reply(&root, &bob, "first")).await;
    let second = stores.append(a_thread_reply(&root, &ann, "second")).await;
    stores.post(root.room_id, &ann, "not in the thread").await;
    let both = ThreadSummary { replies: 2, last_seq: second.seq, following: true };
    for user in [&ann, &bob] {
        assert_eq!(summary(stores, root.id, user).await, both);
    }
    stores.delete(&second).await;
    assert_eq!(summary(stores, root.id, &ann).await, ThreadSummary { replies: 1, last_seq: first.seq, ..both });
    stores.delete(&first).await;
    assert_eq!(summary(stores, root.id, &ann).await, none);
}

pub async fn a_thread_outlives_the_message_that_began_it(stores: &Stores) {
    let (root, mine) = a_busy_thread(stores).await;
    stores.delete(&root).await;
    assert_eq!(replies(stores, root.id, RoomSeq::ZERO, 50).await.items, mine);
    let nobody = crate::builders::a_user("nobody").user;
    let expected = ThreadSummary { replies: 3, last_seq: seq(9), following: false };
    assert_eq!(summary(stores, root.id, &nobody).await, expected);
}

pub async fn what_began_no_thread_has_no_replies(stores: &Stores) {
    let (ann, _, root) = a_thread(stores).await;
    let reply = stores.append(a_thread_reply(&root, &ann, "in it")).await;
    stores.append(a_message(root.room_id, &ann, "beside it")).await;
    for id in [reply.id, MessageId::new(fresh_id())] {
        let page = replies(stores, id, RoomSeq::ZERO, 5).await;
        assert_eq!(page, ThreadPage { items: Vec::new(), more: false });
        let found = summary(stores, id, &ann).await;
        assert_eq!((found.replies, found.last_seq), (0, RoomSeq::ZERO));
    }
    let missing = summary(stores, MessageId::new(fresh_id()), &ann).await;
    assert_eq!(missing, ThreadSummary::default());
}
