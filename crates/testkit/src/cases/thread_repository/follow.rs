//! Who follows a thread: whoever takes part, unless they choose otherwise.

use std::sync::Arc;

use domain::model::{MessageId, UserId};
use domain::port::{Constraint, RepositoryError};

use super::{a_thread, summary};
use crate::builders::{a_reply, a_thread_reply};
use crate::ids::fresh_id;
use crate::stores::Stores;
use crate::together::together;

async fn choose(stores: &Stores, root: MessageId, user_id: UserId, follows: bool) {
    stores.threads.follow(root, user_id, follows).await.expect("it is noted");
}

pub async fn whoever_wrote_the_first_message_or_a_reply_follows(stores: &Stores) {
    let (ann, bob, root) = a_thread(stores).await;
    let cid = stores.add_user("cid").await;
    stores.add_member(root.room_id, &cid).await;
    for (user, follows) in [(&ann, true), (&bob, false), (&cid, false)] {
        assert_eq!(summary(stores, root.id, user).await.following, follows);
    }
    let reply = stores.append(a_thread_reply(&root, &bob, "in it")).await;
    stores.append(a_reply(&root, &cid, "an answer in no thread")).await;
    for (user, follows) in [(&ann, true), (&bob, true), (&cid, false)] {
        assert_eq!(summary(stores, root.id, user).await.following, follows);
    }
    stores.delete(&reply).await;
    stores.delete(&root).await;
    for user in [&ann, &bob] {
        assert!(summary(stores, root.id, user).await.following, "they took part, if in vain");
    }
}

pub async fn a_choice_counts_more_than_taking_part(stores: &Stores) {
    let (ann, bob, root) = a_thread(stores).await;
    let cid = stores.add_user("cid").await;
    stores.append(a_thread_reply(&root, &bob, "in it")).await;
    for follows in [false, false, true, true, false] {
        for user in [&ann, &bob, &cid] {
            choose(stores, root.id, user.id, follows).await;
        }
        for user in [&ann, &bob, &cid] {
            assert_eq!(summary(stores, root.id, user).await.following, follows);
        }
    }
    stores.append(a_thread_reply(&root, &bob, "in it again")).await;
    let found = summary(stores, root.id, &bob).await;
    assert_eq!((found.following, found.replies), (false, 2), "taking part again undoes no choice");
}

pub async fn a_choice_is_for_one_user_and_one_thread(stores: &Stores) {
    let (ann, bob, root) = a_thread(stores).await;
    let other = stores.post(root.room_id, &ann, "another thread").await;
    choose(stores, root.id, bob.id, true).await;
    choose(stores, other.id, ann.id, false).await;
    let follows = |root, user| async move { summary(stores, root, user).await.following };
    assert_eq!((follows(root.id, &ann).await, follows(root.id, &bob).await), (true, true));
    assert_eq!((follows(other.id, &ann).await, follows(other.id, &bob).await), (false, false));
}

pub async fn following_what_never_was_or_as_nobody_is_refused(stores: &Stores) {
    let (ann, _, root) = a_thread(stores).await;
    let (nothing, nobody) = (MessageId::new(fresh_id()), UserId::new(fresh_id()));
    for (id, user_id) in [(nothing, ann.id), (root.id, nobody), (nothing, nobody)] {
        for follows in [true, false] {
            let refused = stores.threads.follow(id, user_id, follows).await;
            assert!(matches!(refused, Err(RepositoryError::Conflict(Constraint::Reference))), "{refused:?}");
        }
    }
    assert!(!stores.threads.summary(root.id, nobody).await.expect("it is read").following);
}

pub async fn the_same_choice_from_10_tasks_is_one_choice(stores: &Stores) {
    let (_, bob, root) = a_thread(stores).await;
    for follows in [true, false] {
        together((0..10).map(|_| {
            let (threads, bob) = (Arc::clone(&stores.threads), bob.id);
            async move { threads.follow(root.id, bob, follows).await.expect("it is noted") }
        }))
        .await;
        assert_eq!(summary(stores, root.id, &bob).await.following, follows);
    }
}
