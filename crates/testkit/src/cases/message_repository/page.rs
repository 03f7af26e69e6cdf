//! Pages of a timeline, at their edges above all.

use domain::model::{MessagePage, PageAnchor, RoomHead, RoomId, RoomSeq};

use super::{ann_in_general, seq, seqs};
use crate::ids::fresh_id;
use crate::stores::Stores;

const TEN: u64 = 10;

/// A room with the messages 1 to 10.
async fn ten_messages(stores: &Stores) -> RoomId {
    let (ann, general) = ann_in_general(stores).await;
    // Another room beside it, so that a page that mixes rooms up shows.
    let random = stores.add_room("random", &ann).await;
    stores.post_many(random.id, &ann, 3).await;
    stores.post_many(general.id, &ann, 10).await;
    general.id
}

/// Panics unless the page has exactly these messages and says truly whether there are others around it. The
/// room has ten; an empty page is judged by its anchor and checked where it arises.
fn assert_page(page: &MessagePage, expected: std::ops::RangeInclusive<u64>) {
    let (first, last) = (*expected.start(), *expected.end());
    assert_eq!(seqs(&page.items), expected.collect::<Vec<_>>());
    assert_eq!(page.has_before, first > 1, "has_before of {first}..={last}");
    assert_eq!(page.has_after, last < TEN, "has_after of {first}..={last}");
    assert_eq!(page.head.seq.get(), TEN);
}

fn assert_empty(page: &MessagePage, has_before: bool, has_after: bool) {
    assert_eq!(seqs(&page.items), [0_u64; 0]);
    assert_eq!((page.has_before, page.has_after), (has_before, has_after), "what lies around an empty page");
}

fn every_anchor(number: RoomSeq) -> [PageAnchor; 4] {
    [PageAnchor::Latest, PageAnchor::Before(number), PageAnchor::After(number), PageAnchor::Around(number)]
}

pub async fn an_empty_room_has_only_empty_pages(stores: &Stores) {
    let (_, general) = ann_in_general(stores).await;
    for number in [RoomSeq::ZERO, seq(1), seq(5), RoomSeq::MAX] {
        for anchor in every_anchor(number) {
            let page = stores.page(general.id, anchor, 5).await;
            assert_empty(&page, false, false);
            assert_eq!(page.head, RoomHead::default());
        }
    }
}

pub async fn a_missing_room_is_an_empty_one(stores: &Stores) {
    ten_messages(stores).await;
    let missing = RoomId::new(fresh_id());
    for anchor in every_anchor(seq(1)) {
        let page = stores.page(missing, anchor, 5).await;
        assert_empty(&page, false, false);
        assert_eq!(page.head, RoomHead::default());
    }
}

pub async fn the_latest_page_ends_at_the_head(stores: &Stores) {
    let room = ten_messages(stores).await;
    assert_page(&stores.page(room, PageAnchor::Latest, 3).await, 8..=10);
    assert_page(&stores.page(room, PageAnchor::Latest, 1).await, 10..=10);
    assert_page(&stores.page(room, PageAnchor::Latest, 9).await, 2..=10);
}

pub async fn a_page_as_large_as_the_room_has_nothing_around_it(stores: &Stores) {
    let room = ten_messages(stores).await;
    for size in [10, 11, 1000] {
        assert_page(&stores.page(room, PageAnchor::Latest, size).await, 1..=10);
        assert_page(&stores.page(room, PageAnchor::After(RoomSeq::ZERO), size).await, 1..=10);
        assert_page(&stores.page(room, PageAnchor::Before(seq(11)), size).await, 1..=10);
    }
}

pub async fn a_page_before_a_message_ends_just_before_it(stores: &Stores) {
    let room = ten_messages(stores).await;
    assert_page(&stores.page(room, PageAnchor::Before(seq(6)), 3).await, 3..=5);
    assert_page(&stores.page(room, PageAnchor::Before(seq(4)), 3).await, 1..=3);
    assert_page(&stores.page(room, PageAnchor::Before(seq(3)), 3).await, 1..=2);
    assert_page(&stores.page(room, PageAnchor::Before(seq(2)), 1).await, 1..=1);
}

pub async fn before_the_first_message_there_is_nothing(stores: &Stores) {
    let room = ten_messages(stores).await;
    assert_empty(&stores.page(room, PageAnchor::Before(seq(1)), 3).await, false, true);
    assert_empty(&stores.page(room, PageAnchor::Before(RoomSeq::ZERO), 3).await, false, true);
}

pub async fn before_a_number_beyond_the_head_come_the_latest(stores: &Stores) {
    let room = ten_messages(stores).await;
    for number in [seq(11), seq(12), seq(1000), RoomSeq::MAX] {
        assert_page(&stores.page(room, PageAnchor::Before(number), 3).await, 8..=10);
    }
}

pub async fn a_page_after_a_message_begins_just_after_it(stores: &Stores) {
    let room = ten_messages(stores).await;
    assert_page(&stores.page(room, PageAnchor::After(RoomSeq::ZERO), 3).await, 1..=3);
    assert_page(&stores.page(room, PageAnchor::After(seq(1)), 1).await, 2..=2);
    assert_page(&stores.page(room, PageAnchor::After(seq(6)), 3).await, 7..=9);
    assert_page(&stores.page(room, PageAnchor::After(seq(7)), 3).await, 8..=10);
    assert_page(&stores.page(room, PageAnchor::After(seq(9)), 3).await, 10..=10);
}

pub async fn after_the_head_there_is_nothing(stores: &Stores) {
    let room = ten_messages(stores).await;
    for number in [seq(10), seq(11), seq(1000), RoomSeq::MAX] {
        assert_empty(&stores.page(room, PageAnchor::After(number), 3).await, true, false);
    }
}

/// Half a page on each side: at least so many messages, as far as there are any; no more than a page in all.
async fn assert_around(stores: &Stores, room: RoomId, middle: u64, size: u16) {
    let page = stores.page(room, PageAnchor::Around(seq(middle)), size).await;
    let half = u64::from((size - 1) / 2);
    let items = seqs(&page.items);
    let (Some(&first), Some(&last)) = (items.first(), items.last()) else {
        panic!("around {middle} there are messages");
    };
    assert!(items.len() <= usize::from(size), "{} items on a page of {size}", items.len());
    assert_page(&page, first..=last);
    assert!(items.contains(&middle), "the page around {middle} has it: {items:?}");
    assert!(first <= middle.saturating_sub(half).max(1), "half a page before {middle}: {items:?}");
    assert!(last >= (middle + half).min(TEN), "half a page after {middle}: {items:?}");
}

pub async fn a_page_around_a_message_has_it_and_half_a_page_on_each_side(stores: &Stores) {
    let room = ten_messages(stores).await;
    for middle in 1..=TEN {
        for size in [1, 2, 3, 4, 5, 10, 50] {
            assert_around(stores, room, middle, size).await;
        }
    }
    assert_page(&stores.page(room, PageAnchor::Around(seq(5)), 3).await, 4..=6);
    assert_page(&stores.page(room, PageAnchor::Around(seq(5)), 1).await, 5..=5);
}

pub async fn around_a_missing_message_lies_the_nearest_end(stores: &Stores) {
    let room = ten_messages(stores).await;
    for number in [seq(11), seq(500), RoomSeq::MAX] {
        let page = stores.page(room, PageAnchor::Around(number), 5).await;
        let items = seqs(&page.items);
        assert!((2..=5).contains(&items.len()), "half a page at least, a page at most: {items:?}");
        assert_page(&page, items[0]..=TEN);
    }
    let page = stores.page(room, PageAnchor::Around(RoomSeq::ZERO), 5).await;
    let items = seqs(&page.items);
    assert!((2..=5).contains(&items.len()), "half a page at least, a page at most: {items:?}");
    assert_page(&page, 1..=items.len() as u64);
}

pub async fn paging_back_one_by_one_visits_every_message_once(stores: &Stores) {
    let room = ten_messages(stores).await;
    let mut visited = Vec::new();
    let mut page = stores.page(room, PageAnchor::Latest, 1).await;
    loop {
        visited.extend(seqs(&page.items));
        assert!(visited.len() <= 10, "paging comes to an end: {visited:?}");
        if !page.has_before {
            break;
        }
        page = stores.page(room, PageAnchor::Before(page.items[0].seq), 1).await;
    }
    assert_eq!(visited, (1..=TEN).rev().collect::<Vec<_>>());
}

pub async fn paging_forward_in_threes_visits_every_message_once(stores: &Stores) {
    let room = ten_messages(stores).await;
    let mut visited = Vec::new();
    let mut after = RoomSeq::ZERO;
    loop {
        let page = stores.page(room, PageAnchor::After(after), 3).await;
        visited.extend(seqs(&page.items));
        assert!(visited.len() <= 10, "paging comes to an end: {visited:?}");
        after = page.items[page.items.len() - 1].seq;
        if !page.has_after {
            break;
        }
    }
    assert_eq!(visited, (1..=TEN).collect::<Vec<_>>());
}

pub async fn tombstones_keep_their_places_in_pages(stores: &Stores) {
    let room = ten_messages(stores).await;
    let page = stores.page(room, PageAnchor::Around(seq(9)), 3).await;
    let tombstone = stores.delete(&page.items[1]).await;
    let newest = stores.delete(&page.items[2]).await;
    let page = stores.page(room, PageAnchor::Latest, 3).await;
    assert_page(&page, 8..=10);
    assert_eq!(page.items[1..], [tombstone, newest]);
    assert_eq!(page.head.rev.get(), 12);
}
