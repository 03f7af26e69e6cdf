//! For how long messages of a room can be edited.

use domain::model::{EditWindow, Room, RoomId, RoomRef};

use crate::builders::{a_room, page_size};
use crate::ids::fresh_id;
use crate::stores::Stores;

fn seconds(number: u64) -> EditWindow {
    EditWindow::from_seconds(number).expect("at most a year")
}

/// Panics unless every way to read the room shows it like this.
async fn assert_shown(stores: &Stores, expected: &Room, owner: domain::model::UserId) {
    let room = RoomRef::Id(expected.id);
    assert_eq!(stores.rooms.find(&room).await.expect("it is read").as_ref(), Some(expected));
    let by_name = RoomRef::Name(expected.name.clone().expect("it has one"));
    for room in [room, by_name] {
        let access = stores.rooms.access(&room, owner).await.expect("it is read").expect("it is there");
        assert_eq!(&access.room, expected);
        let overview = stores.rooms.overview(&room, owner).await.expect("it is read").expect("it is there");
        assert_eq!(&overview.access.room, expected);
    }
    let mine = stores.rooms.list_of(owner, None, page_size(1)).await.expect("they are listed");
    assert_eq!(&mine[0].access.room, expected);
}

pub async fn an_edit_window_is_set_and_taken_away(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let general = stores.add_room("general", &ann).await;
    let random = stores.add_room("random", &ann).await;
    let longest = u64::from(EditWindow::MAX_SECONDS);
    for window in [Some(seconds(900)), Some(seconds(0)), Some(seconds(longest)), Some(seconds(longest)), None, None] {
        // Reads before the change must not be remembered after it.
        stores.rooms.access(&RoomRef::Id(general.id), ann.id).await.expect("it is read");
        assert!(stores.rooms.set_edit_window(general.id, window).await.expect("it is set"), "the room exists");
        assert_shown(stores, &Room { edit_window: window, ..general.clone() }, ann.id).await;
    }
    assert_eq!(stores.rooms.find(&RoomRef::Id(random.id)).await.expect("it is read"), Some(random));
}

pub async fn a_room_is_made_with_its_edit_window(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let mut new = a_room("general", ann.id);
    new.room.edit_window = Some(seconds(0));
    let room = new.room.clone();
    stores.rooms.insert(new).await.expect("it is added");
    assert_shown(stores, &room, ann.id).await;
}

pub async fn the_edit_window_of_a_missing_room_is_not_set(stores: &Stores) {
    let missing = RoomId::new(fresh_id());
    assert!(!stores.rooms.set_edit_window(missing, Some(seconds(1))).await.expect("the store answers"));
    assert_eq!(stores.rooms.find(&RoomRef::Id(missing)).await.expect("the store answers"), None);
}
