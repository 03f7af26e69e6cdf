//! Sessions are stored whole and found with their users.

use domain::model::{Device, SessionId, SessionUser, Timestamp, User, UserId};
use domain::port::{Constraint, RepositoryError};

use super::digest;
use crate::builders::{BASE_TIME, a_session};
use crate::ids::fresh_id;
use crate::stores::Stores;

pub async fn a_session_reads_back_equal_with_its_user(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let mut new = a_session(ann.id, digest(1));
    new.session.device = Device::describe("Mozilla/5.0 ($X; \"é\" 👍) a.b");
    stores.sessions.insert(new.clone()).await.expect("it is added");
    let expected = SessionUser { session: new.session.clone(), user: ann.clone() };
    assert_eq!(stores.sessions.find(new.session.id).await.expect("it is read"), Some(expected));
    assert_eq!(stores.sessions.list(ann.id).await.expect("they are listed"), [new.session]);
}

pub async fn session_times_and_devices_are_kept_at_their_extremes(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let mut new = a_session(ann.id, digest(1));
    new.session.created_at = Timestamp::from_millis(-1_001);
    new.session.refreshed_at = Timestamp::from_millis(-1);
    new.session.expires_at = Timestamp::from_millis(253_402_300_799_999);
    new.session.device = Device::describe(&"é".repeat(Device::MAX_CHARS));
    stores.sessions.insert(new.clone()).await.expect("it is added");
    let mut silent = a_session(ann.id, digest(2));
    silent.session.device = Device::default();
    stores.sessions.insert(silent.clone()).await.expect("it is added");
    for expected in [new.session, silent.session] {
        let found = stores.sessions.find(expected.id).await.expect("it is read").expect("it is there");
        assert_eq!(found.session, expected);
    }
}

pub async fn a_session_shows_its_user_as_they_are_now(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let session = stores.add_session(ann.id, digest(1)).await;
    for disabled in [true, false] {
        stores.users.set_disabled(ann.id, disabled).await.expect("it is changed");
        let found = stores.sessions.find(session.id).await.expect("it is read").expect("it is there");
        assert_eq!(found.user, User { disabled, ..ann.clone() });
    }
}

pub async fn a_session_that_never_was_is_not_found(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    stores.add_session(ann.id, digest(1)).await;
    assert_eq!(stores.sessions.find(SessionId::new(fresh_id())).await.expect("the store answers"), None);
}

pub async fn a_repeated_session_id_is_refused(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let session = stores.add_session(ann.id, digest(1)).await;
    let mut clash = a_session(bob.id, digest(2));
    clash.session.id = session.id;
    let refused = stores.sessions.insert(clash).await;
    assert!(matches!(refused, Err(RepositoryError::Conflict(Constraint::IdUnique))), "{refused:?}");
    let found = stores.sessions.find(session.id).await.expect("it is read").expect("it is there");
    assert_eq!(found.session, session);
}

pub async fn a_session_of_nobody_is_refused(stores: &Stores) {
    stores.add_user("ann").await;
    let new = a_session(UserId::new(fresh_id()), digest(1));
    let id = new.session.id;
    let refused = stores.sessions.insert(new).await;
    assert!(matches!(refused, Err(RepositoryError::Conflict(Constraint::Reference))), "{refused:?}");
    assert_eq!(stores.sessions.find(id).await.expect("the store answers"), None);
}

pub async fn sessions_are_listed_newest_first_and_only_their_owners(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    stores.add_session(bob.id, digest(9)).await;
    let mut expected = Vec::new();
    for (number, millis) in [(1, 2_000), (2, 3_000), (3, 1_000)] {
        let mut new = a_session(ann.id, digest(number));
        new.session.created_at = Timestamp::from_millis(BASE_TIME.as_millis() + millis);
        stores.sessions.insert(new.clone()).await.expect("it is added");
        expected.push(new.session);
    }
    expected.sort_by_key(|session| std::cmp::Reverse(session.created_at));
    assert_eq!(stores.sessions.list(ann.id).await.expect("they are listed"), expected);
    assert_eq!(stores.sessions.list(UserId::new(fresh_id())).await.expect("the store answers"), []);
}
