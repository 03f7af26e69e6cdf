//! Rooms are stored whole, with their owners.

use std::sync::Arc;

use domain::model::{NewRoom, Role, RoomId, RoomKind, RoomRef, Timestamp, Topic};
use domain::port::{Constraint, RepositoryError};

use crate::builders::{BASE_TIME, a_room, page_size, room_name};
use crate::ids::fresh_id;
use crate::stores::Stores;
use crate::together::together;

const EVERY_KIND: [RoomKind; 6] =
    [RoomKind::Public, RoomKind::Private, RoomKind::Announce, RoomKind::Direct, RoomKind::Group, RoomKind::SelfNotes];

pub async fn a_room_is_found_by_id_and_by_name_and_reads_back_equal(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    for (index, kind) in EVERY_KIND.into_iter().enumerate() {
        let mut new = a_room(&format!("größe_{index}-x"), ann.id);
        new.room.kind = kind;
        new.room.topic = Topic::parse("100% $about.everything \"and\" 👍").expect("a valid topic");
        new.room.created_at = Timestamp::from_millis(-1_001);
        let room = new.room.clone();
        stores.rooms.insert(new).await.expect("it is added");
        let by_id = stores.rooms.find(&RoomRef::Id(room.id)).await.expect("it is read");
        assert_eq!(by_id.as_ref(), Some(&room));
        let name = room.name.clone().expect("it has one");
        assert_eq!(stores.rooms.find(&RoomRef::Name(name)).await.expect("it is read"), by_id);
    }
}

pub async fn an_archived_room_reads_back_archived(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let mut new = a_room("museum", ann.id);
    new.room.archived_at = Some(BASE_TIME);
    let room = new.room.clone();
    stores.rooms.insert(new).await.expect("it is added");
    assert_eq!(stores.rooms.find(&RoomRef::Id(room.id)).await.expect("it is read"), Some(room));
}

pub async fn a_new_room_has_its_owner_as_only_member(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let mut new = a_room("general", ann.id);
    new.room.created_at = Timestamp::from_millis(12_345);
    let room = new.room.clone();
    stores.rooms.insert(new).await.expect("it is added");
    let members = stores.memberships.list(room.id, None, page_size(5)).await.expect("they are listed");
    assert_eq!(members.len(), 1);
    assert_eq!((members[0].user_id, members[0].role), (ann.id, Role::Owner));
    assert_eq!(members[0].joined_at, room.created_at, "owners join when the room is made");
    let access = stores.rooms.access(&RoomRef::Id(room.id), ann.id).await.expect("it is read").expect("it is there");
    let membership = access.membership.expect("she owns it");
    assert_eq!((membership.role, membership.joined_at), (Role::Owner, room.created_at));
}

pub async fn a_room_that_never_was_is_not_found(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    stores.add_room("general", &ann).await;
    for missing in [RoomRef::Id(RoomId::new(fresh_id())), RoomRef::Name(room_name("genera"))] {
        assert_eq!(stores.rooms.find(&missing).await.expect("the store answers"), None);
        assert_eq!(stores.rooms.access(&missing, ann.id).await.expect("the store answers"), None);
        assert_eq!(stores.rooms.overview(&missing, ann.id).await.expect("the store answers"), None);
    }
}

pub async fn a_taken_room_name_is_refused_and_leaves_nothing_behind(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let general = stores.add_room("general", &ann).await;
    let clash = a_room("General", bob.id);
    let id = clash.room.id;
    let refused = stores.rooms.insert(clash).await;
    assert!(matches!(refused, Err(RepositoryError::Conflict(Constraint::RoomNameUnique))), "{refused:?}");
    assert_eq!(stores.rooms.find(&RoomRef::Id(id)).await.expect("the store answers"), None);
    assert_eq!(stores.rooms.list_of(bob.id, None, page_size(5)).await.expect("the store answers"), []);
    let found = stores.rooms.find(&RoomRef::Name(room_name("general"))).await.expect("it is read");
    assert_eq!(found, Some(general));
}

pub async fn a_repeated_room_id_is_refused_and_leaves_nothing_behind(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let general = stores.add_room("general", &ann).await;
    let mut clash = a_room("random", bob.id);
    clash.room.id = general.id;
    let refused = stores.rooms.insert(clash).await;
    assert!(matches!(refused, Err(RepositoryError::Conflict(Constraint::IdUnique))), "{refused:?}");
    assert_eq!(stores.rooms.find(&RoomRef::Name(room_name("random"))).await.expect("the store answers"), None);
    assert_eq!(stores.rooms.list_of(bob.id, None, page_size(5)).await.expect("the store answers"), []);
    stores.add_room("random", &bob).await;
}

pub async fn rooms_without_names_do_not_collide(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    for _ in 0..3 {
        let mut new = a_room("unused", ann.id);
        new.room.name = None;
        new.room.kind = RoomKind::Direct;
        let room = new.room.clone();
        stores.rooms.insert(new).await.expect("it is added");
        assert_eq!(stores.rooms.find(&RoomRef::Id(room.id)).await.expect("it is read"), Some(room));
    }
}

pub async fn of_10_rooms_of_one_name_at_once_one_is_added(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let rooms: Vec<NewRoom> = (0..10).map(|_| a_room("general", ann.id)).collect();
    let results = together(rooms.into_iter().map(|new| {
        let rooms = Arc::clone(&stores.rooms);
        async move { rooms.insert(new).await }
    }))
    .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let refused = results
        .iter()
        .filter(|result| matches!(result, Err(RepositoryError::Conflict(Constraint::RoomNameUnique))))
        .count();
    assert_eq!(refused, 9, "{results:?}");
    let listed = stores.rooms.list_of(ann.id, None, page_size(50)).await.expect("they are listed");
    assert_eq!(listed.len(), 1, "the refused ones left no membership behind");
}
