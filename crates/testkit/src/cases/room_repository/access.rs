//! A room as one user stands to it.

use domain::model::{RoomAccess, RoomHead, RoomKind, RoomRef, UserId};

use crate::builders::{a_membership, a_room, room_name};
use crate::ids::fresh_id;
use crate::stores::Stores;

pub async fn access_has_the_room_and_the_membership_of_a_member(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let general = stores.add_room("general", &ann).await;
    let membership = a_membership(general.id, bob.id);
    stores.memberships.join(membership.clone()).await.expect("he joins");
    let expected = RoomAccess { room: general.clone(), membership: Some(membership) };
    for room in [RoomRef::Id(general.id), RoomRef::Name(room_name("general"))] {
        assert_eq!(stores.rooms.access(&room, bob.id).await.expect("it is read"), Some(expected.clone()));
    }
}

/// The store hides nothing; who may see what is decided by `authorize`.
pub async fn access_of_an_outsider_has_the_room_alone(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    for (name, kind) in [("open", RoomKind::Public), ("closed", RoomKind::Private)] {
        let mut new = a_room(name, ann.id);
        new.room.kind = kind;
        let room = new.room.clone();
        stores.rooms.insert(new).await.expect("it is added");
        for outsider in [bob.id, UserId::new(fresh_id())] {
            let access = stores.rooms.access(&RoomRef::Id(room.id), outsider).await.expect("it is read");
            assert_eq!(access, Some(RoomAccess { room: room.clone(), membership: None }));
        }
    }
}

pub async fn access_follows_joining_and_leaving(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let general = stores.add_room("general", &ann).await;
    let random = stores.add_room("random", &ann).await;
    let room = RoomRef::Id(general.id);
    for _ in 0..2 {
        stores.add_member(general.id, &bob).await;
        let access = stores.rooms.access(&room, bob.id).await.expect("it is read").expect("it is there");
        assert!(access.membership.is_some());
        let other = stores.rooms.access(&RoomRef::Id(random.id), bob.id).await.expect("it is read");
        assert_eq!(other.expect("it is there").membership, None, "joining one room joins no other");
        stores.memberships.leave(general.id, bob.id).await.expect("he leaves");
        let access = stores.rooms.access(&room, bob.id).await.expect("it is read").expect("it is there");
        assert_eq!(access.membership, None);
    }
}

pub async fn an_overview_has_the_head_and_the_number_of_members(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let general = stores.add_room("general", &ann).await;
    let random = stores.add_room("random", &bob).await;
    stores.post(random.id, &bob, "elsewhere").await;
    let room = RoomRef::Name(room_name("general"));

    let fresh = stores.rooms.overview(&room, ann.id).await.expect("it is read").expect("it is there");
    assert_eq!((fresh.head, fresh.member_count), (RoomHead::default(), 1));

    stores.add_member(general.id, &bob).await;
    let messages = stores.post_many(general.id, &ann, 3).await;
    stores.delete(&messages[0]).await;
    for (user_id, is_member) in [(ann.id, true), (bob.id, true), (UserId::new(fresh_id()), false)] {
        let overview = stores.rooms.overview(&room, user_id).await.expect("it is read").expect("it is there");
        assert_eq!((overview.head.seq.get(), overview.head.rev.get()), (3, 4));
        assert_eq!(overview.member_count, 2);
        assert_eq!(overview.access.room, general);
        assert_eq!(
            overview.access.membership.map(|membership| membership.user_id == user_id),
            is_member.then_some(true)
        );
    }

    stores.memberships.leave(general.id, bob.id).await.expect("he leaves");
    let after = stores.rooms.overview(&room, bob.id).await.expect("it is read").expect("it is there");
    assert_eq!((after.member_count, after.access.membership), (1, None));
}
