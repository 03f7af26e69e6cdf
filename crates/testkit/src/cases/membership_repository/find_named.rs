//! Which names belong to members: how calls by name are resolved.

use domain::model::{RoomId, UserId};

use crate::builders::username;
use crate::ids::fresh_id;
use crate::stores::Stores;

async fn find(stores: &Stores, room_id: RoomId, names: &[&str]) -> Vec<UserId> {
    let names: Vec<_> = names.iter().map(|name| username(name)).collect();
    stores.memberships.find_named(room_id, &names).await.expect("they are looked up")
}

/// A room of Zoe, Éva.b_c-1 and bob, beside one of an outsider.
async fn three_members(stores: &Stores) -> (RoomId, [UserId; 3]) {
    let zoe = stores.add_user("Zoe").await;
    let eva = stores.add_user("Éva.b_c-1").await;
    let bob = stores.add_user("bob").await;
    let outsider = stores.add_user("outsider").await;
    let general = stores.add_room("general", &zoe).await;
    stores.add_room("random", &outsider).await;
    stores.add_member(general.id, &eva).await;
    stores.add_member(general.id, &bob).await;
    (general.id, [zoe.id, eva.id, bob.id])
}

pub async fn members_are_found_by_name_in_any_case_and_listed_by_id(stores: &Stores) {
    let (room, [zoe, eva, bob]) = three_members(stores).await;
    assert_eq!(find(stores, room, &["BOB", "zoe", "éVA.B_C-1"]).await, [zoe, eva, bob]);
    assert_eq!(find(stores, room, &["bob"]).await, [bob]);
    assert_eq!(find(stores, room, &["Bob", "bOB", "bob"]).await, [bob], "nobody is found twice");
    assert_eq!(find(stores, room, &[]).await, []);
}

pub async fn names_of_others_are_not_found_among_members(stores: &Stores) {
    let (room, [zoe, _, bob]) = three_members(stores).await;
    assert_eq!(find(stores, room, &["outsider", "bob", "nobody"]).await, [bob]);
    assert_eq!(find(stores, room, &["bo", "bobb", "b0b", "b.b", "b_b", "zoee"]).await, [], "names are taken literally");
    assert_eq!(find(stores, RoomId::new(fresh_id()), &["bob"]).await, []);
    stores.memberships.leave(room, bob).await.expect("he leaves");
    assert_eq!(find(stores, room, &["bob", "zoe"]).await, [zoe]);
}

pub async fn fifty_names_are_looked_up_at_once(stores: &Stores) {
    let (room, _) = three_members(stores).await;
    let names: Vec<String> = (0..50).map(|number| format!("Member-{number:02}")).collect();
    let mut expected = Vec::new();
    for (number, name) in names.iter().enumerate() {
        let user = stores.add_user(name).await;
        if number % 2 == 0 {
            stores.add_member(room, &user).await;
            expected.push(user.id);
        }
    }
    let asked: Vec<String> = names.iter().rev().map(|name| name.to_lowercase()).collect();
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    assert_eq!(find(stores, room, &asked).await, expected);
}
