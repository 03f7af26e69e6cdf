//! The newest messages that still exist, as the seed's clients read them.

use domain::model::{RoomId, RoomSeq};

use super::{ann_in_general, seq, texts};
use crate::builders::page_size;
use crate::ids::fresh_id;
use crate::stores::Stores;

async fn live_texts(stores: &Stores, room_id: RoomId, before: Option<RoomSeq>, size: u16) -> Vec<String> {
    let items = stores.messages.latest_live(room_id, before, page_size(size)).await.expect("they are read");
    texts(&items).into_iter().map(ToOwned::to_owned).collect()
}

pub async fn the_latest_live_messages_come_oldest_first(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    stores.post_many(general.id, &ann, 5).await;
    assert_eq!(live_texts(stores, general.id, None, 3).await, ["3", "4", "5"]);
    assert_eq!(live_texts(stores, general.id, None, 50).await, ["1", "2", "3", "4", "5"]);
}

pub async fn the_latest_live_messages_leave_tombstones_out_and_still_fill_the_page(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let messages = stores.post_many(general.id, &ann, 10).await;
    for number in [4, 6, 7, 10] {
        stores.delete(&messages[number - 1]).await;
    }
    assert_eq!(live_texts(stores, general.id, None, 4).await, ["3", "5", "8", "9"]);
    assert_eq!(live_texts(stores, general.id, None, 50).await, ["1", "2", "3", "5", "8", "9"]);
}

pub async fn the_latest_live_messages_before_one_leave_it_out(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let messages = stores.post_many(general.id, &ann, 10).await;
    stores.delete(&messages[3]).await;
    assert_eq!(live_texts(stores, general.id, Some(seq(6)), 2).await, ["3", "5"]);
    assert_eq!(live_texts(stores, general.id, Some(seq(1)), 2).await, [""; 0]);
    assert_eq!(live_texts(stores, general.id, Some(RoomSeq::ZERO), 2).await, [""; 0]);
    assert_eq!(live_texts(stores, general.id, Some(RoomSeq::MAX), 2).await, ["9", "10"]);
}

pub async fn a_room_of_tombstones_has_no_live_messages(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    for message in stores.post_many(general.id, &ann, 3).await {
        stores.delete(&message).await;
    }
    assert_eq!(live_texts(stores, general.id, None, 5).await, [""; 0]);
    assert_eq!(live_texts(stores, RoomId::new(fresh_id()), None, 5).await, [""; 0]);
}
