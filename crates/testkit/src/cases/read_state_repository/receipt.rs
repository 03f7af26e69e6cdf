//! Read positions as others see them.

use domain::model::{Privacy, Receipt, RoomId, User};

use super::{ann_and_bob, mark, seq};
use crate::ids::fresh_id;
use crate::stores::Stores;

async fn receipts(stores: &Stores, room_id: RoomId) -> Option<Vec<Receipt>> {
    stores.read_states.receipts(room_id).await.expect("they are read")
}

fn receipt(user: &User, number: u64) -> Receipt {
    Receipt { user_id: user.id, read_seq: seq(number) }
}

pub async fn receipts_are_the_positions_of_members_by_id(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    let outsider = stores.add_user("outsider").await;
    let random = stores.add_room("random", &outsider).await;
    stores.post_many(random.id, &outsider, 2).await;
    stores.post_many(general.id, &ann, 3).await;
    mark(stores, general.id, &bob, 2).await;
    assert_eq!(receipts(stores, general.id).await, Some(vec![receipt(&ann, 0), receipt(&bob, 2)]));
    stores.memberships.leave(general.id, ann.id).await.expect("she leaves");
    assert_eq!(receipts(stores, general.id).await, Some(vec![receipt(&bob, 2)]));
    assert_eq!(receipts(stores, RoomId::new(fresh_id())).await, Some(Vec::new()), "a missing room is an empty one");
}

pub async fn receipts_leave_out_who_does_not_show_theirs(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    let hidden = Privacy { receipts: false, ..Privacy::default() };
    stores.users.set_privacy(bob.id, hidden).await.expect("it is changed");
    assert_eq!(receipts(stores, general.id).await, Some(vec![receipt(&ann, 0)]));
    let shown = Privacy { typing: false, receipts: true, presence: false };
    stores.users.set_privacy(bob.id, shown).await.expect("it is changed");
    assert_eq!(receipts(stores, general.id).await, Some(vec![receipt(&ann, 0), receipt(&bob, 0)]));
}

pub async fn receipts_leave_out_accounts_that_are_shut(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    stores.users.set_disabled(ann.id, true).await.expect("it is changed");
    assert_eq!(receipts(stores, general.id).await, Some(vec![receipt(&bob, 0)]));
    stores.users.set_disabled(ann.id, false).await.expect("it is changed");
    assert_eq!(receipts(stores, general.id).await, Some(vec![receipt(&ann, 0), receipt(&bob, 0)]));
}

/// Members are counted whether they show their positions or not.
pub async fn a_room_of_more_than_200_members_has_no_receipts(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    let mut last = ann;
    for number in 3..=200 {
        last = stores.add_user(&format!("member-{number:03}")).await;
        stores.add_member(general.id, &last).await;
    }
    let full = receipts(stores, general.id).await.expect("200 are not too many");
    assert_eq!(full.len(), 200);
    assert!(full.is_sorted_by_key(|receipt| receipt.user_id));
    let hidden = Privacy { receipts: false, ..Privacy::default() };
    stores.users.set_privacy(bob.id, hidden).await.expect("it is changed");
    let one_more = stores.add_user("one-more").await;
    stores.add_member(general.id, &one_more).await;
    assert_eq!(receipts(stores, general.id).await, None);
    stores.memberships.leave(general.id, last.id).await.expect("somebody leaves");
    assert_eq!(receipts(stores, general.id).await.map(|receipts| receipts.len()), Some(199));
}
