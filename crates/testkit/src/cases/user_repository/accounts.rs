//! Accounts are stored whole and found again.

use std::sync::Arc;

use domain::model::{EmailAddress, NewUser, PasswordHash, Timestamp, UserId};
use domain::port::{Constraint, RepositoryError};

use crate::builders::{a_user, username};
use crate::ids::fresh_id;
use crate::stores::Stores;
use crate::together::together;

pub async fn an_account_reads_back_equal(stores: &Stores) {
    let mut new = a_user("Ann.of_Green-Gables");
    new.user.email = Some(EmailAddress::parse("ann+chat@example.org").expect("a valid address"));
    new.user.is_admin = true;
    new.password_hash = PasswordHash::new("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA.$");
    stores.users.insert(new.clone()).await.expect("it is added");
    assert_eq!(stores.users.find(new.user.id).await.expect("it is read"), Some(new.user.clone()));
    let credentials = stores.users.find_credentials(&new.user.username).await.expect("it is read");
    let credentials = credentials.expect("it is found by name");
    assert_eq!(credentials.user, new.user);
    assert_eq!(credentials.password_hash, new.password_hash);
}

pub async fn an_account_without_an_address_reads_back_without_one(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let found = stores.users.find(ann.id).await.expect("it is read").expect("it is found");
    assert_eq!(found.email, None);
    assert_eq!(found, ann);
}

pub async fn account_times_are_kept_to_the_millisecond_also_before_1970(stores: &Stores) {
    for (index, millis) in [-1_000_001, -1, 0, 999, 4_102_444_800_123].into_iter().enumerate() {
        let mut new = a_user(&format!("user{index}"));
        new.user.created_at = Timestamp::from_millis(millis);
        stores.users.insert(new.clone()).await.expect("it is added");
        assert_eq!(stores.users.find(new.user.id).await.expect("it is read"), Some(new.user));
    }
}

pub async fn who_never_was_is_not_found(stores: &Stores) {
    stores.add_user("ann").await;
    assert_eq!(stores.users.find(UserId::new(fresh_id())).await.expect("the store answers"), None);
    assert_eq!(stores.users.find_credentials(&username("bob")).await.expect("the store answers"), None);
}

pub async fn a_repeated_user_id_is_refused(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let mut bob = a_user("bob");
    bob.user.id = ann.id;
    let refused = stores.users.insert(bob).await;
    assert!(matches!(refused, Err(RepositoryError::Conflict(Constraint::IdUnique))), "{refused:?}");
    assert_eq!(stores.users.find(ann.id).await.expect("it is read"), Some(ann));
    assert_eq!(stores.users.find_credentials(&username("bob")).await.expect("the store answers"), None);
}

pub async fn any_tells_whether_there_is_an_account(stores: &Stores) {
    assert!(!stores.users.any().await.expect("the store answers"));
    stores.add_user("ann").await;
    assert!(stores.users.any().await.expect("the store answers"));
}

pub async fn the_first_account_is_added_only_to_an_empty_store(stores: &Stores) {
    let (ann, bob) = (a_user("ann"), a_user("bob"));
    assert!(stores.users.insert_first(ann.clone()).await.expect("the store answers"));
    assert!(!stores.users.insert_first(bob.clone()).await.expect("the store answers"));
    assert!(!stores.users.insert_first(a_user("ANN")).await.expect("not first comes before not unique"));
    assert_eq!(stores.users.find(ann.user.id).await.expect("it is read"), Some(ann.user));
    assert_eq!(stores.users.find(bob.user.id).await.expect("it is read"), None);
}

pub async fn after_an_ordinary_account_no_other_is_first(stores: &Stores) {
    stores.add_user("ann").await;
    assert!(!stores.users.insert_first(a_user("bob")).await.expect("the store answers"));
}

pub async fn of_10_first_accounts_at_once_one_is_added(stores: &Stores) {
    let candidates: Vec<NewUser> = (0..10).map(|number| a_user(&format!("first{number}"))).collect();
    let results = together(candidates.iter().cloned().map(|new| {
        let users = Arc::clone(&stores.users);
        async move { users.insert_first(new).await.expect("every attempt gets an answer") }
    }))
    .await;
    assert_eq!(results.into_iter().filter(|added| *added).count(), 1);
    let mut stored = 0;
    for new in candidates {
        stored += usize::from(stores.users.find(new.user.id).await.expect("it is read").is_some());
    }
    assert_eq!(stored, 1);
}
