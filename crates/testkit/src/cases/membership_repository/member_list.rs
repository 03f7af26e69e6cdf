//! The members of a room.

use domain::model::{Member, Membership, Role, RoomId, Timestamp, UserId};

use crate::builders::{BASE_TIME, a_membership, page_size};
use crate::ids::fresh_id;
use crate::stores::Stores;

async fn list(stores: &Stores, room_id: RoomId, after: Option<UserId>, size: u16) -> Vec<Member> {
    stores.memberships.list(room_id, after, page_size(size)).await.expect("they are listed")
}

fn names(members: &[Member]) -> Vec<&str> {
    members.iter().map(|member| member.username.as_str()).collect()
}

/// Four members whose names run against their ids, in a room that isn't the only one.
async fn four_members(stores: &Stores) -> RoomId {
    let zoe = stores.add_user("Zoe").await;
    let general = stores.add_room("general", &zoe).await;
    let random = stores.add_room("random", &zoe).await;
    for name in ["Yan", "Xen", "Will"] {
        let user = stores.add_user(name).await;
        stores.add_member(general.id, &user).await;
    }
    let outsider = stores.add_user("Outsider").await;
    stores.add_member(random.id, &outsider).await;
    general.id
}

pub async fn members_are_listed_by_id_with_name_role_and_time(stores: &Stores) {
    let room = four_members(stores).await;
    let vic = stores.add_user("Vic").await;
    let joined_at = Timestamp::from_millis(-5);
    let membership = Membership { role: Role::Moderator, joined_at, ..a_membership(room, vic.id) };
    stores.memberships.join(membership).await.expect("he joins");
    let members = list(stores, room, None, 50).await;
    assert_eq!(names(&members), ["Zoe", "Yan", "Xen", "Will", "Vic"]);
    assert!(members.is_sorted_by_key(|member| member.user_id));
    assert_eq!((members[0].role, members[1].role), (Role::Owner, Role::Member));
    assert_eq!(members[1].joined_at, BASE_TIME);
    let expected = Member { user_id: vic.id, username: vic.username, role: Role::Moderator, joined_at };
    assert_eq!(members[4], expected);
}

pub async fn paging_through_members_one_by_one_lists_everybody_once(stores: &Stores) {
    let room = four_members(stores).await;
    let mut visited: Vec<Member> = Vec::new();
    while let Some(member) = list(stores, room, visited.last().map(|member| member.user_id), 1).await.pop() {
        visited.push(member);
        assert!(visited.len() <= 4, "paging comes to an end: {visited:?}");
    }
    assert_eq!(names(&visited), ["Zoe", "Yan", "Xen", "Will"]);
    assert_eq!(list(stores, room, None, 3).await, visited[..3], "a page has no more than its size");
}

pub async fn a_missing_room_has_no_members(stores: &Stores) {
    four_members(stores).await;
    assert!(list(stores, RoomId::new(fresh_id()), None, 5).await.is_empty());
}
