//! Read positions: forward only, unless asked to go back; never beyond the head.

use std::sync::Arc;

use domain::model::{Marker, RoomHead, RoomSeq};
use domain::port::Marking;

use super::{ann_and_bob, mark, mark_back, read, seq, state};
use crate::stores::Stores;
use crate::together::together;

pub async fn a_position_moves_forward_and_says_what_that_leaves(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    stores.post_many(general.id, &ann, 5).await;
    assert_eq!(read(stores, general.id, &bob).await, state(0, 5, 0));
    for (number, left) in [(1, 4), (3, 2), (5, 0)] {
        let expected = state(number, left, 0);
        assert_eq!(mark(stores, general.id, &bob, number).await, Marking::Moved(expected));
        assert_eq!(read(stores, general.id, &bob).await, expected);
    }
}

pub async fn a_smaller_or_equal_number_changes_nothing(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    stores.post_many(general.id, &ann, 5).await;
    mark(stores, general.id, &bob, 3).await;
    for number in [3, 2, 1, 0] {
        assert_eq!(mark(stores, general.id, &bob, number).await, Marking::Unmoved(state(3, 2, 0)), "to {number}");
        assert_eq!(read(stores, general.id, &bob).await, state(3, 2, 0));
    }
}

pub async fn a_position_goes_back_only_when_it_is_told_to(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    stores.post_many(general.id, &ann, 5).await;
    mark(stores, general.id, &bob, 4).await;
    assert_eq!(mark_back(stores, general.id, &bob, 2).await, Marking::Moved(state(2, 3, 0)));
    assert_eq!(mark_back(stores, general.id, &bob, 2).await, Marking::Unmoved(state(2, 3, 0)));
    assert_eq!(read(stores, general.id, &bob).await, state(2, 3, 0));
    assert_eq!(mark_back(stores, general.id, &bob, 3).await, Marking::Moved(state(3, 2, 0)), "it may go forward, too");
    assert_eq!(mark_back(stores, general.id, &bob, 0).await, Marking::Moved(state(0, 5, 0)));
    assert_eq!(mark(stores, general.id, &bob, 1).await, Marking::Moved(state(1, 4, 0)));
}

pub async fn a_number_beyond_the_head_is_refused(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    assert_eq!(mark(stores, general.id, &bob, 1).await, Marking::BeyondHead(RoomSeq::ZERO));
    let messages = stores.post_many(general.id, &ann, 3).await;
    stores.delete(&messages[2]).await;
    mark(stores, general.id, &bob, 1).await;
    for number in [4, 5, 1_000_000, RoomSeq::MAX.get()] {
        assert_eq!(mark(stores, general.id, &bob, number).await, Marking::BeyondHead(seq(3)), "to {number}");
        assert_eq!(mark_back(stores, general.id, &bob, number).await, Marking::BeyondHead(seq(3)), "to {number}");
    }
    assert_eq!(read(stores, general.id, &bob).await, state(1, 1, 0), "it stands where it stood");
    assert_eq!(mark(stores, general.id, &bob, 3).await, Marking::Moved(state(3, 0, 0)), "tombstones can be read");
}

pub async fn every_member_and_every_room_has_a_position_of_its_own(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    let random = stores.add_room("random", &ann).await;
    stores.add_member(random.id, &bob).await;
    for room in [&general, &random] {
        stores.post_many(room.id, &ann, 3).await;
    }
    mark(stores, general.id, &bob, 2).await;
    assert_eq!(read(stores, general.id, &bob).await, state(2, 1, 0));
    assert_eq!(read(stores, random.id, &bob).await, state(0, 3, 0));
    assert_eq!(read(stores, general.id, &ann).await, state(0, 0, 0));
}

/// Read positions are no part of the timeline.
pub async fn marking_takes_no_number(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    stores.post_many(general.id, &ann, 3).await;
    mark(stores, general.id, &bob, 3).await;
    mark_back(stores, general.id, &bob, 1).await;
    let head = stores.head(general.id).await;
    assert_eq!(head, RoomHead { seq: seq(3), rev: head.rev });
    assert_eq!(head.rev.get(), 3);
}

/// Ten times ten at once, in no order, each ten further on than those before.
pub async fn of_100_positions_at_once_the_greatest_counts(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    stores.post_many(general.id, &ann, 100).await;
    for round in 0..10 {
        // 7 and 10 share no factor, so every number comes once.
        together((0..10).map(|task| round * 10 + task * 7 % 10 + 1).map(|number| {
            let (read_states, user_id, room_id) = (Arc::clone(&stores.read_states), bob.id, general.id);
            async move {
                let marker = Marker { room_id, user_id, seq: seq(number), back: false };
                let marking = read_states.mark(marker).await.expect("the store answers");
                let (Marking::Moved(told) | Marking::Unmoved(told)) = marking else {
                    panic!("a member's position within the room: {marking:?}");
                };
                assert!(told.read_seq >= seq(number), "it stands at {number} or further on");
                let shown = read_states.read_state(room_id, user_id).await.expect("it is read").expect("a member");
                assert!(shown.read_seq >= told.read_seq, "it never goes back");
                assert_eq!(shown.unread, 100 - shown.read_seq.get(), "position and counts are of one moment");
            }
        }))
        .await;
        let greatest = (round + 1) * 10;
        assert_eq!(read(stores, general.id, &bob).await, state(greatest, 100 - greatest, 0), "after round {round}");
    }
}
