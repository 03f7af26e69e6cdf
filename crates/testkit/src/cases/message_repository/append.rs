//! One append at a time.

use std::slice::from_ref;

use domain::model::{MessageId, PageAnchor, RoomHead, RoomRev, Timestamp};
use domain::port::{AppendError, Constraint, RepositoryError};

use super::{ann_in_general, rev, revs, seq, seqs};
use crate::builders::{a_message, a_nonce, page_size, username};
use crate::ids::fresh_id;
use crate::stores::Stores;

pub async fn the_first_message_has_the_numbers_1_and_1(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let message = stores.post(general.id, &ann, "Hello").await;
    assert_eq!((message.seq, message.rev), (seq(1), rev(1)));
    assert_eq!(stores.head(general.id).await, RoomHead { seq: seq(1), rev: rev(1) });
}

pub async fn an_appended_message_reads_back_equal_everywhere(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let mut new = a_message(general.id, &ann, "Hello");
    new.nonce = Some(a_nonce("n-1_A"));
    // Messages keep the name their author had when they were written.
    new.author.username = username("Ann-before");
    let message = stores.append(new.clone()).await;
    assert_eq!(message, new.numbered(seq(1), rev(1)), "what was returned is what was given");

    assert_eq!(stores.messages.find(message.id).await.expect("it is found"), Some(message.clone()));
    assert_eq!(stores.page(general.id, PageAnchor::Latest, 5).await.items, from_ref(&message));
    let live = stores.messages.latest_live(general.id, None, page_size(5)).await.expect("it is read");
    assert_eq!(live, from_ref(&message));
    let changes = stores.messages.changes(general.id, RoomRev::ZERO, page_size(5)).await.expect("it is read");
    assert_eq!(changes.items, [message]);
}

pub async fn the_numbers_go_up_by_one(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let messages = stores.post_many(general.id, &ann, 5).await;
    assert_eq!(seqs(&messages), [1, 2, 3, 4, 5]);
    assert_eq!(revs(&messages), [1, 2, 3, 4, 5]);
    assert_eq!(stores.timeline(general.id).await, messages);
}

pub async fn each_room_counts_for_itself(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let random = stores.add_room("random", &ann).await;
    stores.post_many(general.id, &ann, 3).await;
    assert_eq!(stores.post(random.id, &ann, "first here").await.seq, seq(1));
    assert_eq!(stores.post(general.id, &ann, "fourth here").await.seq, seq(4));
    assert_eq!(stores.timeline(random.id).await.len(), 1);
}

pub async fn message_times_are_kept_to_the_millisecond_also_before_1970(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    for millis in [-62_135_596_800_000, -1_000_001, -1, 0, 1, 999, 1_767_323_045_678, 4_102_444_800_123] {
        let mut new = a_message(general.id, &ann, "when?");
        new.created_at = Timestamp::from_millis(millis);
        let message = stores.append(new).await;
        assert_eq!(message.created_at.as_millis(), millis);
        assert_eq!(stores.messages.find(message.id).await.expect("it is found"), Some(message));
    }
}

/// Order comes from `seq`: a clock that jumps back changes nothing.
pub async fn a_clock_that_jumps_back_changes_no_order(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    for millis in [5_000, 1_000, 3_000] {
        let mut new = a_message(general.id, &ann, &millis.to_string());
        new.created_at = Timestamp::from_millis(millis);
        stores.append(new).await;
    }
    let timeline = stores.timeline(general.id).await;
    assert_eq!(super::texts(&timeline), ["5000", "1000", "3000"]);
    let live = stores.messages.latest_live(general.id, None, page_size(2)).await.expect("it is read");
    assert_eq!(super::texts(&live), ["1000", "3000"]);
}

/// Nor do ids give the order: those of two nodes interleave.
pub async fn an_id_smaller_than_earlier_ones_changes_no_order(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let (smaller, larger) = (MessageId::new(fresh_id()), MessageId::new(fresh_id()));
    for (id, text) in [(larger, "first"), (smaller, "second")] {
        let mut new = a_message(general.id, &ann, text);
        new.id = id;
        stores.append(new).await;
    }
    assert_eq!(super::texts(&stores.timeline(general.id).await), ["first", "second"]);
}

pub async fn the_same_text_twice_without_a_nonce_is_two_messages(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    stores.post(general.id, &ann, "ok").await;
    stores.post(general.id, &ann, "ok").await;
    assert_eq!(seqs(&stores.timeline(general.id).await), [1, 2]);
}

pub async fn a_repeated_message_id_is_refused_and_leaves_no_gap(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let first = stores.post(general.id, &ann, "first").await;
    let mut again = a_message(general.id, &ann, "another");
    again.id = first.id;
    let refused = stores.messages.append(again).await;
    let expected = matches!(refused, Err(AppendError::Repository(RepositoryError::Conflict(Constraint::IdUnique))));
    assert!(expected, "{refused:?}");
    let second = stores.post(general.id, &ann, "second").await;
    assert_eq!(stores.timeline(general.id).await, [first, second]);
}

pub async fn a_message_that_never_was_is_not_found(stores: &Stores) {
    ann_in_general(stores).await;
    let found = stores.messages.find(MessageId::new(fresh_id())).await.expect("the store answers");
    assert_eq!(found, None);
}
