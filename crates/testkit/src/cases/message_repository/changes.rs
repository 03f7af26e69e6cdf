//! Catching up by `rev`.

use domain::model::{ChangeKind, MessageChange, Pin, RoomHead, RoomId, RoomRev};

use super::{ann_in_general, assert_shown_everywhere, rev, revs, seqs};
use crate::builders::{BASE_TIME, an_edit, emoji, page_size};
use crate::ids::fresh_id;
use crate::stores::Stores;

/// Five messages, of which the second and then the first are deleted: revs 3, 4, 5, 6, 7.
async fn five_of_which_two_deleted(stores: &Stores) -> RoomId {
    let (ann, general) = ann_in_general(stores).await;
    let random = stores.add_room("random", &ann).await;
    stores.post_many(random.id, &ann, 3).await;
    let messages = stores.post_many(general.id, &ann, 5).await;
    stores.delete(&messages[1]).await;
    stores.delete(&messages[0]).await;
    general.id
}

pub async fn changes_after_a_deletion_have_its_tombstone_once_in_the_order_of_revs(stores: &Stores) {
    let room = five_of_which_two_deleted(stores).await;
    let page = stores.messages.changes(room, RoomRev::ZERO, page_size(50)).await.expect("they are read");
    assert_eq!(revs(&page.items), [3, 4, 5, 6, 7]);
    assert_eq!(seqs(&page.items), [3, 4, 5, 2, 1]);
    assert!(page.items[3].is_deleted() && page.items[4].is_deleted());
    assert!(!page.more);
    assert_eq!((page.head.seq.get(), page.head.rev.get()), (5, 7));
}

pub async fn changes_come_after_the_given_rev_only(stores: &Stores) {
    let room = five_of_which_two_deleted(stores).await;
    for (after, expected) in [(2, vec![3, 4, 5, 6, 7]), (3, vec![4, 5, 6, 7]), (5, vec![6, 7]), (6, vec![7])] {
        let page = stores.messages.changes(room, rev(after), page_size(50)).await.expect("they are read");
        assert_eq!(revs(&page.items), expected, "after {after}");
    }
}

pub async fn more_says_exactly_whether_a_page_of_changes_follows(stores: &Stores) {
    let room = five_of_which_two_deleted(stores).await;
    for (after, size, expected, more) in [
        (0, 4, vec![3, 4, 5, 6], true),
        (0, 5, vec![3, 4, 5, 6, 7], false),
        (0, 6, vec![3, 4, 5, 6, 7], false),
        (5, 1, vec![6], true),
        (5, 2, vec![6, 7], false),
        (6, 1, vec![7], false),
    ] {
        let page = stores.messages.changes(room, rev(after), page_size(size)).await.expect("they are read");
        assert_eq!((revs(&page.items), page.more), (expected, more), "after {after}, page of {size}");
    }
}

pub async fn after_the_last_change_there_are_none(stores: &Stores) {
    let room = five_of_which_two_deleted(stores).await;
    for after in [rev(7), rev(8), rev(1_000_000), RoomRev::MAX] {
        let page = stores.messages.changes(room, after, page_size(5)).await.expect("they are read");
        assert_eq!((page.items.len(), page.more), (0, false));
        assert_eq!(page.head.rev, rev(7), "the head tells a client whose rev lies beyond it");
    }
}

pub async fn paging_through_changes_one_by_one_gives_everything(stores: &Stores) {
    let room = five_of_which_two_deleted(stores).await;
    let one_by_one = stores.all_changes(room, 1).await;
    assert_eq!(revs(&one_by_one), [3, 4, 5, 6, 7]);
    assert_eq!(stores.all_changes(room, 2).await, one_by_one);
    assert_eq!(stores.all_changes(room, 500).await, one_by_one);
}

pub async fn an_empty_or_missing_room_has_no_changes(stores: &Stores) {
    let (_, general) = ann_in_general(stores).await;
    for room_id in [general.id, RoomId::new(fresh_id())] {
        let page = stores.messages.changes(room_id, RoomRev::ZERO, page_size(5)).await.expect("they are read");
        assert_eq!((page.items.len(), page.more, page.head), (0, false, RoomHead::default()));
    }
}

pub async fn a_message_changed_fifty_times_comes_once_as_it_is_now(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let mut message = stores.post(general.id, &ann, "version 1").await;
    let other = stores.post(general.id, &ann, "other").await;
    for round in 0..10 {
        message = stores.edit(&message, &format!("round {round}")).await;
        message = stores.react(&message, &ann, "👍").await;
        message = stores.pin(&message, &ann).await;
        let unreact = MessageChange::Unreact { by: ann.id, emoji: emoji("👍") };
        stores.change(message.id, unreact).await;
        message = stores.change(message.id, MessageChange::Unpin).await;
    }
    assert_eq!(message.rev, rev(52));
    for after in [RoomRev::ZERO, rev(1)] {
        let page = stores.messages.changes(general.id, after, page_size(50)).await.expect("they are read");
        assert_eq!(page.items, [other.clone(), message.clone()]);
        assert!(!page.more);
    }
    for after in 2..52 {
        let page = stores.messages.changes(general.id, rev(after), page_size(1)).await.expect("they are read");
        assert_eq!((page.items.as_slice(), page.more), (std::slice::from_ref(&message), false), "after {after}");
    }
}

/// What a message's latest change was tells clients what to show; since when it is there tells them whom to tell.
pub async fn every_change_says_what_it_was_and_keeps_the_rev_of_the_post(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    stores.post(general.id, &ann, "before").await;
    let message = stores.post(general.id, &ann, "first").await;
    assert_eq!((message.change, message.posted_rev), (ChangeKind::Post, rev(2)));
    assert_shown_everywhere(stores, &message).await;
    let steps = [
        (an_edit(&message, "second"), ChangeKind::Edit),
        (MessageChange::React { by: ann.id, emoji: emoji("👍") }, ChangeKind::Reaction),
        (MessageChange::Pin(Pin { at: BASE_TIME, by: ann.id }), ChangeKind::Pin),
        (MessageChange::Unreact { by: ann.id, emoji: emoji("👍") }, ChangeKind::Reaction),
        (MessageChange::Unpin, ChangeKind::Pin),
        (MessageChange::Delete { by: ann.id, at: BASE_TIME }, ChangeKind::Delete),
    ];
    for (number, (change, kind)) in steps.into_iter().enumerate() {
        let changed = stores.change(message.id, change).await;
        assert_eq!((changed.change, changed.posted_rev, changed.rev), (kind, rev(2), rev(number as u64 + 3)));
        assert_shown_everywhere(stores, &changed).await;
    }
}
