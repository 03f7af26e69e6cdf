//! Changes to an account.

use domain::model::{PasswordHash, User, UserId};

use crate::builders::username;
use crate::ids::fresh_id;
use crate::stores::Stores;

pub async fn a_new_password_hash_replaces_the_old_one(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let hash = PasswordHash::new("$argon2id$new");
    assert!(stores.users.set_password_hash(ann.id, hash.clone()).await.expect("it is changed"));
    let found = stores.users.find_credentials(&ann.username).await.expect("it is read").expect("it is there");
    assert_eq!((found.user, found.password_hash), (ann, hash.clone()));
    let other = stores.users.find_credentials(&bob.username).await.expect("it is read").expect("it is there");
    assert_ne!(other.password_hash, hash, "nobody else's changed");
}

pub async fn an_account_is_shut_and_opened_again(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    for disabled in [true, true, false, false] {
        assert!(stores.users.set_disabled(ann.id, disabled).await.expect("it is changed"), "the account exists");
        let expected = User { disabled, ..ann.clone() };
        assert_eq!(stores.users.find(ann.id).await.expect("it is read"), Some(expected.clone()));
        let found = stores.users.find_credentials(&username("ann")).await.expect("it is read").expect("it is there");
        assert_eq!(found.user, expected);
        assert_eq!(stores.users.find(bob.id).await.expect("it is read"), Some(bob.clone()), "nobody else changed");
    }
}

pub async fn changing_who_never_was_changes_nothing(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let nobody = UserId::new(fresh_id());
    let hash = PasswordHash::new("$argon2id$new");
    assert!(!stores.users.set_password_hash(nobody, hash).await.expect("the store answers"));
    assert!(!stores.users.set_disabled(nobody, true).await.expect("the store answers"));
    assert_eq!(stores.users.find(nobody).await.expect("the store answers"), None);
    assert_eq!(stores.users.find(ann.id).await.expect("it is read"), Some(ann));
}
