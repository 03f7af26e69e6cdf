//! What users show of themselves.

use std::time::Duration;

use domain::model::{Privacy, TokenDigest, User, UserId};
use domain::port::{Rotation, RotationRequest};

use crate::builders::{BASE_TIME, a_user, page_size};
use crate::ids::fresh_id;
use crate::stores::Stores;

/// Every way to show some things and hide others.
fn every_privacy() -> Vec<Privacy> {
    let choices = (0..8).map(|bits| Privacy { typing: bits & 1 > 0, receipts: bits & 2 > 0, presence: bits & 4 > 0 });
    choices.collect()
}

pub async fn privacy_is_kept_and_read_back_everywhere(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    for privacy in every_privacy() {
        assert!(stores.users.set_privacy(ann.id, privacy).await.expect("it is changed"), "the account exists");
        let expected = User { privacy, ..ann.clone() };
        assert_eq!(stores.users.find(ann.id).await.expect("it is read"), Some(expected.clone()));
        let found = stores.users.find_credentials(&ann.username).await.expect("it is read").expect("it is there");
        assert_eq!(found.user, expected);
        let listed = stores.users.list(None, page_size(5)).await.expect("they are listed");
        assert_eq!(listed, [expected, bob.clone()], "nobody else changed");
    }
}

pub async fn an_account_is_made_with_its_privacy(stores: &Stores) {
    for (number, privacy) in every_privacy().into_iter().enumerate() {
        let mut new = a_user(&format!("user-{number}"));
        new.user.privacy = privacy;
        let user = new.user.clone();
        stores.users.insert(new).await.expect("it is added");
        assert_eq!(stores.users.find(user.id).await.expect("it is read"), Some(user));
    }
}

/// Every request acts with what a session shows of its user.
pub async fn sessions_show_the_privacy_of_their_users_as_it_is_now(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let digest = |number: usize| TokenDigest::from_bytes([u8::try_from(number).expect("a small number"); 32]);
    let session = stores.add_session(ann.id, digest(0)).await;
    for (number, privacy) in every_privacy().into_iter().enumerate() {
        stores.users.set_privacy(ann.id, privacy).await.expect("it is changed");
        let found = stores.sessions.find(session.id).await.expect("it is read").expect("it is there");
        assert_eq!(found.user, User { privacy, ..ann.clone() });
        let expires_at = BASE_TIME.plus(Duration::from_secs(7200));
        let (presented, successor) = (digest(number), digest(number + 1));
        let request = RotationRequest { presented, successor, now: BASE_TIME, expires_at };
        let rotation = stores.sessions.rotate(request).await.expect("the store answers");
        let Rotation::Rotated(live) = rotation else { panic!("the token is good: {rotation:?}") };
        assert_eq!(live.user.privacy, privacy);
    }
}

pub async fn the_privacy_of_nobody_is_not_changed(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let nobody = UserId::new(fresh_id());
    let hidden = Privacy { typing: false, receipts: false, presence: false };
    assert!(!stores.users.set_privacy(nobody, hidden).await.expect("the store answers"));
    assert_eq!(stores.users.find(ann.id).await.expect("it is read"), Some(ann));
}
