//! Lists of accounts.

use domain::model::{User, Username};

use crate::builders::{page_size, username};
use crate::stores::Stores;

fn names(users: &[User]) -> Vec<&str> {
    users.iter().map(|user| user.username.as_str()).collect()
}

async fn list(stores: &Stores, after: Option<Username>, size: u16) -> Vec<User> {
    stores.users.list(after, page_size(size)).await.expect("they are listed")
}

pub async fn accounts_are_listed_by_their_lower_case_names(stores: &Stores) {
    for name in ["bob", "Cid", "ann", "Zoe", "éva", "b1", "B-2"] {
        stores.add_user(name).await;
    }
    let all = list(stores, None, 50).await;
    assert_eq!(names(&all), ["ann", "B-2", "b1", "bob", "Cid", "Zoe", "éva"]);
}

pub async fn accounts_are_listed_after_a_name_in_any_case_that_need_not_exist(stores: &Stores) {
    for name in ["ann", "Bob", "cid"] {
        stores.add_user(name).await;
    }
    assert_eq!(names(&list(stores, Some(username("ANN")), 50).await), ["Bob", "cid"]);
    assert_eq!(names(&list(stores, Some(username("bob")), 50).await), ["cid"]);
    assert_eq!(names(&list(stores, Some(username("bo")), 50).await), ["Bob", "cid"]);
    assert_eq!(names(&list(stores, Some(username("cid")), 50).await), [""; 0]);
}

pub async fn paging_through_accounts_one_by_one_lists_everybody_once(stores: &Stores) {
    for name in ["dan", "Bob", "ann", "Cid"] {
        stores.add_user(name).await;
    }
    let mut visited = Vec::new();
    let mut after = None;
    loop {
        let page = list(stores, after, 1).await;
        let Some(user) = page.into_iter().next() else { break };
        after = Some(user.username.clone());
        visited.push(user);
        assert!(visited.len() <= 4, "paging comes to an end: {visited:?}");
    }
    assert_eq!(names(&visited), ["ann", "Bob", "Cid", "dan"]);
    assert_eq!(list(stores, None, 3).await, visited[..3], "a page has no more than its size");
}
