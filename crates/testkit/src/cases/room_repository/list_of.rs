//! The rooms of one user.

use domain::model::{RoomId, RoomKind, RoomOverview, UserId};

use crate::builders::{BASE_TIME, a_room, page_size};
use crate::ids::fresh_id;
use crate::stores::Stores;

async fn list(stores: &Stores, user_id: UserId, after: Option<RoomId>, size: u16) -> Vec<RoomOverview> {
    stores.rooms.list_of(user_id, after, page_size(size)).await.expect("they are listed")
}

fn ids(rooms: &[RoomOverview]) -> Vec<RoomId> {
    rooms.iter().map(|overview| overview.access.room.id).collect()
}

pub async fn a_users_rooms_are_listed_by_id_whatever_their_kind(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let mut expected = Vec::new();
    for (index, kind) in [RoomKind::Private, RoomKind::Direct, RoomKind::Public].into_iter().enumerate() {
        // Names run against ids, so that a list by name shows.
        let mut new = a_room(&format!("room-{}", 9 - index), ann.id);
        new.room.kind = kind;
        new.room.archived_at = (index == 0).then_some(BASE_TIME);
        if kind == RoomKind::Direct {
            new.room.name = None;
        }
        expected.push(new.room.id);
        stores.rooms.insert(new).await.expect("it is added");
    }
    let his = stores.add_room("his", &bob).await;
    assert_eq!(ids(&list(stores, ann.id, None, 50).await), expected);
    assert_eq!(ids(&list(stores, bob.id, None, 50).await), [his.id]);
    assert!(list(stores, UserId::new(fresh_id()), None, 50).await.is_empty());
}

pub async fn a_users_rooms_are_paged_by_id(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let mut expected = Vec::new();
    for name in ["d", "c", "b", "a"] {
        expected.push(stores.add_room(name, &ann).await.id);
    }
    assert_eq!(ids(&list(stores, ann.id, None, 3).await), expected[..3]);
    let mut visited = Vec::new();
    while let Some(overview) = list(stores, ann.id, visited.last().copied(), 1).await.first() {
        visited.push(overview.access.room.id);
        assert!(visited.len() <= expected.len(), "paging comes to an end: {visited:?}");
    }
    assert_eq!(visited, expected);
    assert!(list(stores, ann.id, Some(expected[3]), 5).await.is_empty());
}

pub async fn a_users_rooms_follow_joining_and_leaving(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let general = stores.add_room("general", &ann).await;
    stores.add_member(general.id, &bob).await;
    assert_eq!(ids(&list(stores, bob.id, None, 5).await), [general.id]);
    stores.memberships.leave(general.id, bob.id).await.expect("he leaves");
    assert!(list(stores, bob.id, None, 5).await.is_empty());
    assert_eq!(ids(&list(stores, ann.id, None, 5).await), [general.id]);
}

pub async fn a_users_rooms_are_listed_as_overviews_show_them(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let general = stores.add_room("general", &ann).await;
    let quiet = stores.add_room("quiet", &ann).await;
    stores.add_member(general.id, &bob).await;
    let message = stores.post(general.id, &bob, "Hello").await;
    stores.delete(&message).await;
    let listed = list(stores, ann.id, None, 5).await;
    for (overview, room) in listed.iter().zip([general, quiet]) {
        let alone = stores.rooms.overview(&domain::model::RoomRef::Id(room.id), ann.id).await.expect("it is read");
        assert_eq!(Some(overview), alone.as_ref());
    }
    assert_eq!((listed[0].head.seq.get(), listed[0].head.rev.get(), listed[0].member_count), (1, 2, 2));
    assert_eq!((listed[1].head.seq.get(), listed[1].member_count), (0, 1));
}
