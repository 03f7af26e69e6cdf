//! Joining and leaving, any number of times.

use std::sync::Arc;

use domain::model::{Membership, Role, RoomId, RoomRef, Timestamp, UserId};
use domain::port::{Constraint, Joined, RepositoryError};

use crate::builders::{a_membership, page_size};
use crate::ids::fresh_id;
use crate::stores::Stores;
use crate::together::together;

pub async fn joining_makes_a_member(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let general = stores.add_room("general", &ann).await;
    let joined_at = Timestamp::from_millis(-1_001);
    let membership = Membership { role: Role::Guest, joined_at, ..a_membership(general.id, bob.id) };
    let joined = stores.memberships.join(membership.clone()).await.expect("he joins");
    assert_eq!(joined, Joined { membership: membership.clone(), new: true });
    let access = stores.rooms.access(&RoomRef::Id(general.id), bob.id).await.expect("it is read").expect("it is there");
    assert_eq!(access.membership, Some(membership));
}

pub async fn joining_again_keeps_role_and_time(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let general = stores.add_room("general", &ann).await;
    let first = Membership { role: Role::Moderator, ..a_membership(general.id, bob.id) };
    stores.memberships.join(first.clone()).await.expect("he joins");
    let again = Membership { role: Role::Member, joined_at: Timestamp::from_millis(1), ..first.clone() };
    let joined = stores.memberships.join(again).await.expect("he joins again");
    assert_eq!(joined, Joined { membership: first, new: false });
}

pub async fn an_owner_who_joins_stays_owner(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let general = stores.add_room("general", &ann).await;
    let joined = stores.memberships.join(a_membership(general.id, ann.id)).await.expect("she joins");
    assert_eq!((joined.membership.role, joined.new), (Role::Owner, false));
}

pub async fn of_10_joins_at_once_one_is_new(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let general = stores.add_room("general", &ann).await;
    let results = together((0..10).map(|number| {
        let memberships = Arc::clone(&stores.memberships);
        let joined_at = Timestamp::from_millis(number);
        let membership = Membership { joined_at, ..a_membership(general.id, bob.id) };
        async move { memberships.join(membership).await.expect("every attempt is accepted") }
    }))
    .await;
    let winner = results.iter().find(|joined| joined.new).expect("one of them is new");
    assert_eq!(results.iter().filter(|joined| joined.new).count(), 1);
    assert!(results.iter().all(|joined| joined.membership == winner.membership), "everybody is told the same");
    let members = stores.memberships.list(general.id, None, page_size(50)).await.expect("they are listed");
    assert_eq!(members.len(), 2);
}

pub async fn leaving_ends_the_membership_once(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let general = stores.add_room("general", &ann).await;
    stores.add_member(general.id, &bob).await;
    assert!(stores.memberships.leave(general.id, bob.id).await.expect("he leaves"));
    assert!(!stores.memberships.leave(general.id, bob.id).await.expect("the store answers"));
    let access = stores.rooms.access(&RoomRef::Id(general.id), bob.id).await.expect("it is read").expect("it is there");
    assert_eq!(access.membership, None);
}

pub async fn leaving_where_one_never_was_ends_nothing(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let general = stores.add_room("general", &ann).await;
    assert!(!stores.memberships.leave(general.id, UserId::new(fresh_id())).await.expect("the store answers"));
    assert!(!stores.memberships.leave(RoomId::new(fresh_id()), ann.id).await.expect("the store answers"));
    let members = stores.memberships.list(general.id, None, page_size(5)).await.expect("they are listed");
    assert_eq!(members.len(), 1);
}

pub async fn of_10_leaves_at_once_one_ends_the_membership(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let general = stores.add_room("general", &ann).await;
    stores.add_member(general.id, &bob).await;
    let results = together((0..10).map(|_| {
        let memberships = Arc::clone(&stores.memberships);
        async move { memberships.leave(general.id, bob.id).await.expect("the store answers") }
    }))
    .await;
    assert_eq!(results.into_iter().filter(|left| *left).count(), 1);
}

pub async fn joining_after_leaving_is_new_with_the_new_role(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let general = stores.add_room("general", &ann).await;
    let first = Membership { role: Role::Admin, ..a_membership(general.id, bob.id) };
    stores.memberships.join(first).await.expect("he joins");
    stores.memberships.leave(general.id, bob.id).await.expect("he leaves");
    let second = Membership { joined_at: Timestamp::from_millis(7), ..a_membership(general.id, bob.id) };
    let joined = stores.memberships.join(second.clone()).await.expect("he joins");
    assert_eq!(joined, Joined { membership: second, new: true });
}

pub async fn joining_a_room_or_as_a_user_that_never_was_is_refused(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let general = stores.add_room("general", &ann).await;
    let (nowhere, nobody) = (RoomId::new(fresh_id()), UserId::new(fresh_id()));
    for (room_id, user_id) in [(nowhere, ann.id), (general.id, nobody), (nowhere, nobody)] {
        let refused = stores.memberships.join(a_membership(room_id, user_id)).await;
        assert!(matches!(refused, Err(RepositoryError::Conflict(Constraint::Reference))), "{refused:?}");
    }
    let members = stores.memberships.list(general.id, None, page_size(5)).await.expect("they are listed");
    assert_eq!(members.len(), 1);
    let rooms = stores.rooms.list_of(nobody, None, page_size(5)).await.expect("they are listed");
    assert!(rooms.is_empty());
}

/// However joins and leaves fall, whoever is counted is listed.
pub async fn the_count_equals_the_list_after_many_joins_and_leaves_at_once(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let general = stores.add_room("general", &ann).await;
    let mut users = Vec::new();
    for name in ["bob", "cid", "dan"] {
        users.push(stores.add_user(name).await.id);
    }
    together((0..10_usize).map(|task| {
        let (memberships, user_id) = (Arc::clone(&stores.memberships), users[task % users.len()]);
        async move {
            for round in 0..10 {
                if (task + round) % 2 == 0 {
                    memberships.join(a_membership(general.id, user_id)).await.expect("the store answers");
                } else {
                    memberships.leave(general.id, user_id).await.expect("the store answers");
                }
            }
        }
    }))
    .await;
    let members = stores.memberships.list(general.id, None, page_size(50)).await.expect("they are listed");
    let overview = stores.rooms.overview(&RoomRef::Id(general.id), ann.id).await.expect("it is read");
    assert_eq!(overview.expect("it is there").member_count, members.len() as u64);
    for user_id in users {
        let access = stores.rooms.access(&RoomRef::Id(general.id), user_id).await.expect("it is read");
        let is_member = access.expect("it is there").membership.is_some();
        assert_eq!(members.iter().any(|member| member.user_id == user_id), is_member);
    }
}
