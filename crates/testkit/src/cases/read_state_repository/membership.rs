//! A position comes with the membership and goes with it.

use domain::model::{Marker, Role, RoomId, RoomRef, UserId};
use domain::port::Marking;

use super::{ann_and_bob, mark, mark_back, read, seq, state};
use crate::builders::{a_membership, page_size};
use crate::ids::fresh_id;
use crate::stores::Stores;

pub async fn an_owner_begins_at_zero_and_a_new_member_at_the_head(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let general = stores.add_room("general", &ann).await;
    assert_eq!(read(stores, general.id, &ann).await, state(0, 0, 0));
    stores.post_many(general.id, &ann, 3).await;
    stores.add_member(general.id, &bob).await;
    assert_eq!(read(stores, general.id, &bob).await, state(3, 0, 0), "what was said before isn't unread");
    stores.post(general.id, &ann, "welcome").await;
    assert_eq!(read(stores, general.id, &bob).await, state(3, 1, 0));
    assert_eq!(mark_back(stores, general.id, &bob, 1).await, Marking::Moved(state(1, 3, 0)), "but it can be");
}

pub async fn joining_again_leaves_the_position_where_it_is(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    stores.post_many(general.id, &ann, 5).await;
    mark(stores, general.id, &bob, 2).await;
    stores.memberships.join(a_membership(general.id, bob.id)).await.expect("he is a member already");
    assert_eq!(read(stores, general.id, &bob).await, state(2, 3, 0));
}

pub async fn who_is_no_member_has_no_position(stores: &Stores) {
    let (ann, _, general) = ann_and_bob(stores).await;
    let cid = stores.add_user("cid").await;
    stores.post(general.id, &ann, "Hello").await;
    let (nowhere, nobody) = (RoomId::new(fresh_id()), UserId::new(fresh_id()));
    for (room_id, user_id) in [(general.id, cid.id), (general.id, nobody), (nowhere, ann.id)] {
        assert_eq!(stores.read_states.read_state(room_id, user_id).await.expect("the store answers"), None);
        for (number, back) in [(1, false), (0, false), (0, true), (7, false)] {
            let marker = Marker { room_id, user_id, seq: seq(number), back };
            assert_eq!(stores.read_states.mark(marker).await.expect("the store answers"), Marking::NotAMember);
        }
        assert_eq!(stores.read_states.read_state(room_id, user_id).await.expect("the store answers"), None);
    }
}

pub async fn a_position_goes_with_the_membership_and_begins_anew_at_the_head(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    stores.post_many(general.id, &ann, 5).await;
    mark(stores, general.id, &bob, 2).await;
    stores.memberships.leave(general.id, bob.id).await.expect("he leaves");
    assert_eq!(stores.read_states.read_state(general.id, bob.id).await.expect("the store answers"), None);
    assert_eq!(mark(stores, general.id, &bob, 4).await, Marking::NotAMember);
    stores.post_many(general.id, &ann, 2).await;
    stores.add_member(general.id, &bob).await;
    assert_eq!(read(stores, general.id, &bob).await, state(7, 0, 0));
    stores.post(general.id, &ann, "welcome back").await;
    assert_eq!(read(stores, general.id, &bob).await, state(7, 1, 0));
}

/// Also an owner's, who would begin at zero in a new room only.
pub async fn an_owner_who_comes_back_begins_at_the_head(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    stores.post_many(general.id, &bob, 3).await;
    stores.memberships.leave(general.id, ann.id).await.expect("she leaves");
    let mut membership = a_membership(general.id, ann.id);
    membership.role = Role::Owner;
    stores.memberships.join(membership).await.expect("she comes back");
    assert_eq!(read(stores, general.id, &ann).await, state(3, 0, 0));
}

pub async fn lists_of_rooms_show_the_same_to_members_and_nothing_to_others(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    let cid = stores.add_user("cid").await;
    let messages = stores.post_many(general.id, &ann, 4).await;
    stores.delete(&messages[2]).await;
    mark(stores, general.id, &bob, 1).await;
    for (user, expected) in [(&bob, Some(state(1, 2, 0))), (&ann, Some(state(0, 0, 0))), (&cid, None)] {
        let read = stores.read_states.read_state(general.id, user.id).await.expect("it is read");
        assert_eq!(read, expected);
        let room = RoomRef::Id(general.id);
        let overview = stores.rooms.overview(&room, user.id).await.expect("it is read").expect("it is there");
        assert_eq!(overview.read_state, expected);
        let directory = stores.rooms.directory(user.id, "", None, page_size(5)).await.expect("they are listed");
        assert_eq!(directory[0].read_state, expected);
        let mine = stores.rooms.list_of(user.id, None, page_size(5)).await.expect("they are listed");
        assert_eq!(mine.first().and_then(|overview| overview.read_state), expected);
    }
}
