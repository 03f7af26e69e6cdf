//! Names: found in any case, unique by what they look like.

use std::sync::Arc;

use domain::port::{Constraint, RepositoryError};

use crate::builders::{a_user, username};
use crate::stores::Stores;
use crate::together::together;

fn is_name_conflict(result: &Result<(), RepositoryError>) -> bool {
    matches!(result, Err(RepositoryError::Conflict(Constraint::UsernameUnique)))
}

pub async fn a_name_is_found_in_any_case_and_keeps_its_spelling(stores: &Stores) {
    for (name, others) in [("Ann", ["ann", "ANN", "aNN"]), ("Éva-Ω", ["éva-ω", "ÉVA-Ω", "éVA-ω"])] {
        let user = stores.add_user(name).await;
        for spelling in others {
            let found = stores.users.find_credentials(&username(spelling)).await.expect("it is read");
            let found = found.unwrap_or_else(|| panic!("{name} is found as {spelling}"));
            assert_eq!(found.user, user);
            assert_eq!(found.user.username.as_str(), name);
        }
    }
}

/// Dots match dots, and nothing in a name is a pattern.
pub async fn a_name_is_looked_up_literally(stores: &Stores) {
    stores.add_user("a.b").await;
    stores.add_user("abc").await;
    for other in ["a_b", "axb", "a.", "ab", "a.b.c", "a-b"] {
        let found = stores.users.find_credentials(&username(other)).await.expect("the store answers");
        assert_eq!(found, None, "{other}");
    }
}

pub async fn a_name_that_looks_like_a_taken_one_is_refused(stores: &Stores) {
    let alice = stores.add_user("Alice").await;
    // The same name, another case, a Cyrillic first letter.
    for name in ["Alice", "aLICE", "\u{430}lice"] {
        let new = a_user(name);
        let id = new.user.id;
        let refused = stores.users.insert(new).await;
        assert!(is_name_conflict(&refused), "{name}: {refused:?}");
        assert_eq!(stores.users.find(id).await.expect("the store answers"), None, "{name} was not added");
    }
    let found = stores.users.find_credentials(&username("alice")).await.expect("it is read").expect("it is there");
    assert_eq!(found.user, alice);
}

/// Looking alike keeps a name from being taken; it doesn't let one in by the other.
pub async fn a_look_alike_does_not_find_the_account(stores: &Stores) {
    stores.add_user("Alice").await;
    let found = stores.users.find_credentials(&username("\u{430}lice")).await.expect("the store answers");
    assert_eq!(found, None);
}

pub async fn a_name_is_not_taken_by_a_refused_account(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let mut clash = a_user("bob");
    clash.user.id = ann.id;
    stores.users.insert(clash).await.expect_err("the id is taken");
    stores.add_user("bob").await;
}

pub async fn of_10_accounts_that_look_alike_at_once_one_is_added(stores: &Stores) {
    let names = ["alice", "Alice", "ALICE", "\u{430}lice", "alic\u{435}", "aLice", "alIce", "aliCe", "alicE", "ALice"];
    let results = together(names.map(|name| {
        let users = Arc::clone(&stores.users);
        async move { users.insert(a_user(name)).await }
    }))
    .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(results.iter().filter(|result| is_name_conflict(result)).count(), 9, "{results:?}");
    let listed = stores.users.list(None, crate::page_size(50)).await.expect("they are listed");
    assert_eq!(listed.len(), 1);
}
