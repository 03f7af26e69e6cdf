//! Pins.

use domain::model::{ChangeKind, ChangeRefusal, Message, MessageChange, MessageState, Pin, RoomId, RoomSeq, Timestamp};
use domain::port::Changed;

use super::{ann_in_general, assert_shown_everywhere, rev, seq, seqs};
use crate::builders::{BASE_TIME, page_size};
use crate::ids::fresh_id;
use crate::stores::Stores;

async fn pinned(stores: &Stores, room_id: RoomId, before: Option<RoomSeq>, size: u16) -> Vec<Message> {
    stores.messages.pinned(room_id, before, page_size(size)).await.expect("they are read")
}

/// Ten messages, of which 9, 2, 7 and 4 are pinned, in this order.
async fn four_of_ten_pinned(stores: &Stores) -> RoomId {
    let (ann, general) = ann_in_general(stores).await;
    let random = stores.add_room("random", &ann).await;
    let elsewhere = stores.post(random.id, &ann, "elsewhere").await;
    stores.pin(&elsewhere, &ann).await;
    let messages = stores.post_many(general.id, &ann, 10).await;
    for number in [9, 2, 7, 4] {
        stores.pin(&messages[number - 1], &ann).await;
    }
    general.id
}

pub async fn a_pin_is_kept_with_time_and_user_under_the_next_rev(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let bob = stores.add_user("bob").await;
    let message = stores.post(general.id, &ann, "the rules").await;
    let pin = Pin { at: Timestamp::from_millis(-1_001), by: bob.id };
    let shown = stores.change(message.id, MessageChange::Pin(pin)).await;
    let mut content = message.content().expect("it is live").clone();
    content.pin = Some(pin);
    let state = MessageState::Live(content);
    assert_eq!(shown, Message { rev: rev(2), change: ChangeKind::Pin, state, ..message.clone() });
    assert_shown_everywhere(stores, &shown).await;
    let again = MessageChange::Pin(Pin { at: BASE_TIME, by: ann.id });
    let repeat = stores.messages.change(message.id, again).await.expect("the store answers");
    assert_eq!(repeat, Changed::Unchanged(shown), "the first pin stays");

    let unpinned = stores.change(message.id, MessageChange::Unpin).await;
    assert_eq!(unpinned, Message { rev: rev(3), change: ChangeKind::Pin, ..message.clone() });
    assert_shown_everywhere(stores, &unpinned).await;
    let repeat = stores.messages.change(message.id, MessageChange::Unpin).await.expect("the store answers");
    assert_eq!(repeat, Changed::Unchanged(unpinned));
    assert_eq!(stores.head(general.id).await.rev, rev(3), "what isn't changed takes no number");
}

pub async fn pins_come_by_place_newest_first_whenever_they_were_pinned(stores: &Stores) {
    let room = four_of_ten_pinned(stores).await;
    let all = pinned(stores, room, None, 50).await;
    assert_eq!(seqs(&all), [9, 7, 4, 2]);
    for message in &all {
        assert_shown_everywhere(stores, message).await;
    }
}

pub async fn pins_are_paged_before_a_place(stores: &Stores) {
    let room = four_of_ten_pinned(stores).await;
    for (before, size, expected) in [
        (None, 2, vec![9, 7]),
        (Some(seq(7)), 2, vec![4, 2]),
        (Some(seq(8)), 1, vec![7]),
        (Some(seq(9)), 50, vec![7, 4, 2]),
        (Some(RoomSeq::MAX), 1, vec![9]),
        (Some(seq(2)), 5, vec![]),
        (Some(RoomSeq::ZERO), 5, vec![]),
    ] {
        assert_eq!(seqs(&pinned(stores, room, before, size).await), expected, "before {before:?}");
    }
    assert_eq!(pinned(stores, RoomId::new(fresh_id()), None, 5).await, []);
}

pub async fn what_is_unpinned_or_deleted_is_not_pinned(stores: &Stores) {
    let room = four_of_ten_pinned(stores).await;
    let all = pinned(stores, room, None, 50).await;
    stores.change(all[1].id, MessageChange::Unpin).await;
    let tombstone = stores.delete(&all[2]).await;
    assert_eq!(seqs(&pinned(stores, room, None, 50).await), [9, 2]);
    let pin = MessageChange::Pin(Pin { at: BASE_TIME, by: tombstone.author.id });
    for change in [pin, MessageChange::Unpin] {
        let outcome = stores.messages.change(tombstone.id, change).await.expect("the store answers");
        assert_eq!(outcome, Changed::Refused(ChangeRefusal::Deleted, tombstone.clone()));
    }
    assert_eq!(seqs(&pinned(stores, room, None, 50).await), [9, 2]);
}
