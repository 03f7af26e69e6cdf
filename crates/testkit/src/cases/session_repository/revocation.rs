//! Ending sessions.

use std::sync::Arc;

use domain::model::{Session, SessionId, UserId};

use super::digest;
use crate::ids::fresh_id;
use crate::stores::Stores;
use crate::together::together;

async fn live(stores: &Stores, sessions: &[&Session]) -> Vec<bool> {
    let mut live = Vec::new();
    for session in sessions {
        live.push(stores.sessions.find(session.id).await.expect("the store answers").is_some());
    }
    live
}

pub async fn a_revoked_session_is_as_good_as_absent(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let session = stores.add_session(ann.id, digest(1)).await;
    let other = stores.add_session(ann.id, digest(2)).await;
    assert!(stores.sessions.revoke(ann.id, session.id).await.expect("it is ended"));
    assert_eq!(live(stores, &[&session, &other]).await, [false, true]);
    assert_eq!(stores.sessions.list(ann.id).await.expect("they are listed"), [other]);
    assert!(!stores.sessions.revoke(ann.id, session.id).await.expect("the store answers"), "there is none any more");
}

pub async fn a_session_of_another_user_is_not_revoked(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let session = stores.add_session(ann.id, digest(1)).await;
    assert!(!stores.sessions.revoke(bob.id, session.id).await.expect("the store answers"));
    assert!(!stores.sessions.revoke(ann.id, SessionId::new(fresh_id())).await.expect("the store answers"));
    assert_eq!(live(stores, &[&session]).await, [true]);
}

pub async fn of_10_revocations_at_once_one_ends_the_session(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let session = stores.add_session(ann.id, digest(1)).await;
    let results = together((0..10).map(|_| {
        let sessions = Arc::clone(&stores.sessions);
        async move { sessions.revoke(ann.id, session.id).await.expect("the store answers") }
    }))
    .await;
    assert_eq!(results.into_iter().filter(|ended| *ended).count(), 1);
}

pub async fn revoking_all_ends_every_session_of_that_user_only(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let (one, two) = (stores.add_session(ann.id, digest(1)).await, stores.add_session(ann.id, digest(2)).await);
    let his = stores.add_session(bob.id, digest(3)).await;
    assert_eq!(stores.sessions.revoke_all(ann.id, None).await.expect("they are ended"), 2);
    assert_eq!(live(stores, &[&one, &two, &his]).await, [false, false, true]);
    assert_eq!(stores.sessions.revoke_all(ann.id, None).await.expect("the store answers"), 0);
    assert_eq!(stores.sessions.revoke_all(UserId::new(fresh_id()), None).await.expect("the store answers"), 0);
}

pub async fn revoking_all_but_one_keeps_that_one(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let (one, two) = (stores.add_session(ann.id, digest(1)).await, stores.add_session(ann.id, digest(2)).await);
    let three = stores.add_session(ann.id, digest(3)).await;
    let his = stores.add_session(bob.id, digest(4)).await;
    assert_eq!(stores.sessions.revoke_all(ann.id, Some(two.id)).await.expect("they are ended"), 2);
    assert_eq!(live(stores, &[&one, &two, &three, &his]).await, [false, true, false, true]);
    // One that isn't hers spares none of hers.
    assert_eq!(stores.sessions.revoke_all(ann.id, Some(his.id)).await.expect("they are ended"), 1);
    assert_eq!(live(stores, &[&two, &his]).await, [false, true]);
}
