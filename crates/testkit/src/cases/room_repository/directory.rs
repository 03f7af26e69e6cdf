//! The rooms that everybody can find.

use domain::model::{RoomKind, RoomName, RoomOverview, RoomRef, UserId};

use crate::builders::{BASE_TIME, a_room, page_size, room_name};
use crate::stores::Stores;

async fn search(stores: &Stores, viewer: UserId, query: &str, after: Option<&str>, size: u16) -> Vec<RoomOverview> {
    stores.rooms.directory(viewer, query, after.map(room_name), page_size(size)).await.expect("it is searched")
}

fn names(rooms: &[RoomOverview]) -> Vec<&str> {
    rooms.iter().filter_map(|overview| overview.access.room.name.as_ref()).map(RoomName::as_str).collect()
}

async fn add(stores: &Stores, names: &[&str]) -> UserId {
    let ann = stores.add_user("ann").await;
    for name in names {
        stores.add_room(name, &ann).await;
    }
    ann.id
}

/// Code points, not UTF-16 units and not a language's order: the last two come the other way round in UTF-16.
pub async fn the_directory_is_in_the_order_of_code_points(stores: &Stores) {
    let ann = add(stores, &["\u{10428}", "b", "\u{fa0e}", "ab", "éa", "a_b", "a-b", "z", "a1"]).await;
    let found = search(stores, ann, "", None, 50).await;
    assert_eq!(names(&found), ["a-b", "a1", "a_b", "ab", "b", "z", "éa", "\u{fa0e}", "\u{10428}"]);
}

pub async fn the_directory_hides_closed_and_archived_rooms_even_from_members(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    for kind in [
        RoomKind::Public,
        RoomKind::Private,
        RoomKind::Announce,
        RoomKind::Direct,
        RoomKind::Group,
        RoomKind::SelfNotes,
    ] {
        let mut new = a_room(&format!("room-{}", kind.as_str()), ann.id);
        new.room.kind = kind;
        stores.rooms.insert(new).await.expect("it is added");
    }
    let mut archived = a_room("room-old", ann.id);
    archived.room.archived_at = Some(BASE_TIME);
    stores.rooms.insert(archived).await.expect("it is added");
    let found = search(stores, ann.id, "room", None, 50).await;
    assert_eq!(names(&found), ["room-announce", "room-public"]);
}

pub async fn the_directory_finds_a_part_of_a_name_in_any_case(stores: &Stores) {
    let ann = add(stores, &["general", "generation", "random", "größe", "жук"]).await;
    let expectations: [(&str, &[&str]); 9] = [
        ("gen", &["general", "generation"]),
        ("GENERAL", &["general"]),
        ("nEr", &["general", "generation"]),
        ("andom", &["random"]),
        ("GRÖ", &["größe"]),
        ("RÖSS", &[]),
        ("ЖУ", &["жук"]),
        ("nothing", &[]),
        ("", &["general", "generation", "größe", "random", "жук"]),
    ];
    for (query, expected) in expectations {
        assert_eq!(names(&search(stores, ann, query, None, 50).await), expected, "«{query}»");
    }
}

pub async fn the_directory_takes_a_query_literally(stores: &Stores) {
    let ann = add(stores, &["a-b", "a_b", "axb", "plain"]).await;
    assert_eq!(names(&search(stores, ann, "_", None, 50).await), ["a_b"]);
    assert_eq!(names(&search(stores, ann, "-", None, 50).await), ["a-b"]);
    assert_eq!(names(&search(stores, ann, "a_b", None, 50).await), ["a_b"]);
    for query in [
        "%", ".", "*", "?", ".*", "^", "$", "\\", "\\w", "[a-z]", "(", "a.b", "a%b", "a?b", "'", "\"", "\u{0}", "{}",
        "+", "|", "a|b", " ",
    ] {
        let found = search(stores, ann, query, None, 50).await;
        assert_eq!(names(&found), [""; 0], "«{query}» is in no name");
    }
}

pub async fn the_directory_is_paged_by_name(stores: &Stores) {
    let ann = add(stores, &["d-room", "b-room", "b-other", "a-room", "c-room"]).await;
    assert_eq!(names(&search(stores, ann, "room", None, 2).await), ["a-room", "b-room"]);
    assert_eq!(names(&search(stores, ann, "room", Some("b-room"), 2).await), ["c-room", "d-room"]);
    assert_eq!(names(&search(stores, ann, "room", Some("d-room"), 2).await), [""; 0]);
    assert_eq!(names(&search(stores, ann, "room", Some("bb"), 1).await), ["c-room"], "the cursor need not exist");
    assert_eq!(names(&search(stores, ann, "", Some("b-other"), 2).await), ["b-room", "c-room"]);
}

/// A page is filled although rooms in between are hidden.
pub async fn the_directory_fills_its_pages(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    for index in 0..20 {
        let mut new = a_room(&format!("room-{index:02}"), ann.id);
        if index % 4 != 3 {
            new.room.kind = RoomKind::Private;
        }
        stores.rooms.insert(new).await.expect("it is added");
    }
    let found = search(stores, ann.id, "room", None, 4).await;
    assert_eq!(names(&found), ["room-03", "room-07", "room-11", "room-15"]);
}

pub async fn the_directory_shows_rooms_as_overviews_do(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let general = stores.add_room("general", &ann).await;
    stores.post(general.id, &ann, "Hello").await;
    for viewer in [ann.id, bob.id] {
        let alone = stores.rooms.overview(&RoomRef::Id(general.id), viewer).await.expect("it is read");
        let found = search(stores, viewer, "general", None, 5).await;
        assert_eq!(found.first(), alone.as_ref());
        assert_eq!(found[0].access.membership.is_some(), viewer == ann.id);
    }
}
