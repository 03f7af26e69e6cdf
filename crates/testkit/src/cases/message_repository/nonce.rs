//! Sending again must never double a message.

use std::sync::Arc;

use domain::model::{MessageId, NewMessage, Room, User};
use domain::port::{AppendError, Appended};

use super::{ann_in_general, assert_dense, revs, seqs};
use crate::builders::{BASE_TIME, a_message, a_nonce};
use crate::ids::fresh_id;
use crate::stores::Stores;
use crate::together::together;

fn with_nonce(room: &Room, author: &User, text: &str, nonce: &str) -> NewMessage {
    NewMessage { nonce: Some(a_nonce(nonce)), ..a_message(room.id, author, text) }
}

/// What a client sends after it got no answer: the same intent under another id, later.
fn again(first: &NewMessage) -> NewMessage {
    let created_at = BASE_TIME.plus(std::time::Duration::from_secs(30));
    NewMessage { id: MessageId::new(fresh_id()), created_at, ..first.clone() }
}

pub async fn the_same_nonce_again_returns_the_original(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let first = with_nonce(&general, &ann, "Hello", "intent-1");
    let original = stores.append(first.clone()).await;
    stores.post(general.id, &ann, "in between").await;
    let before = stores.head(general.id).await;
    for _ in 0..3 {
        let repeat = stores.messages.append(again(&first)).await.expect("a repeat is accepted");
        assert_eq!(repeat, Appended { message: original.clone(), duplicate: true });
    }
    assert_eq!(stores.head(general.id).await, before, "a repeat appends nothing");
}

pub async fn the_same_nonce_with_the_same_id_returns_the_original(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let first = with_nonce(&general, &ann, "Hello", "intent-1");
    let original = stores.append(first.clone()).await;
    let repeat = stores.messages.append(first).await.expect("a repeat is accepted");
    assert_eq!(repeat, Appended { message: original, duplicate: true });
}

pub async fn the_same_nonce_with_another_text_is_refused(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let original = stores.append(with_nonce(&general, &ann, "Hello", "intent-1")).await;
    let refused = stores.messages.append(with_nonce(&general, &ann, "Hello!", "intent-1")).await;
    assert!(matches!(refused, Err(AppendError::NonceReused)), "{refused:?}");
    assert_eq!(stores.timeline(general.id).await, [original]);
}

/// Texts are compared as they are: an accent written in two ways is two texts.
pub async fn a_nonce_tells_texts_apart_that_only_look_the_same(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    stores.append(with_nonce(&general, &ann, "\u{e9}", "accent")).await;
    for text in ["e\u{301}", "\u{e9} ", "\u{c9}"] {
        let refused = stores.messages.append(with_nonce(&general, &ann, text, "accent")).await;
        assert!(matches!(refused, Err(AppendError::NonceReused)), "{refused:?}");
    }
}

pub async fn the_same_nonce_from_10_tasks_appends_one_message(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let first = with_nonce(&general, &ann, "Hello", "intent-1");
    let results = together((0..10).map(|_| {
        let (messages, new) = (Arc::clone(&stores.messages), again(&first));
        async move { messages.append(new).await.expect("every attempt is accepted") }
    }))
    .await;
    let timeline = stores.timeline(general.id).await;
    assert_eq!(timeline.len(), 1, "one intent is one message");
    assert!(results.iter().all(|result| result.message == timeline[0]), "everybody is told of the same message");
    assert_eq!(results.iter().filter(|result| !result.duplicate).count(), 1, "one of them appended it");
}

pub async fn one_nonce_with_10_texts_at_once_appends_one_of_them(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let results = together((0..10).map(|number| {
        let messages = Arc::clone(&stores.messages);
        let new = with_nonce(&general, &ann, &format!("text {number}"), "intent-1");
        async move { messages.append(new).await }
    }))
    .await;
    let accepted: Vec<&Appended> = results.iter().filter_map(|result| result.as_ref().ok()).collect();
    assert_eq!(accepted.len(), 1);
    assert!(!accepted[0].duplicate);
    let refused = results.iter().filter(|result| matches!(result, Err(AppendError::NonceReused))).count();
    assert_eq!(refused, 9);
    assert_eq!(stores.timeline(general.id).await, [accepted[0].message.clone()]);
}

/// Every intent is sent by two tasks, so that batches hold repeats of each other and of what is stored.
pub async fn a_storm_of_repeats_stores_each_intent_once_and_without_gaps(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let results = together((0..10_usize).map(|task| {
        let (messages, ann, general) = (Arc::clone(&stores.messages), ann.clone(), general.clone());
        async move {
            let mut new = 0_usize;
            for number in 0..20 {
                let intent = format!("intent-{}-{number}", task / 2);
                let message = with_nonce(&general, &ann, &intent, &intent);
                new += usize::from(!messages.append(message).await.expect("it is accepted").duplicate);
            }
            new
        }
    }))
    .await;
    assert_eq!(results.iter().sum::<usize>(), 100, "each intent is new to one of its two senders");
    let timeline = stores.timeline(general.id).await;
    assert_dense(seqs(&timeline), 100, "seq");
    assert_dense(revs(&timeline), 100, "rev");
}

pub async fn the_same_nonce_by_another_author_is_another_message(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let bob = stores.add_user("bob").await;
    stores.add_member(general.id, &bob).await;
    stores.append(with_nonce(&general, &ann, "Hello", "shared")).await;
    let his = stores.append(with_nonce(&general, &bob, "Hi", "shared")).await;
    assert_eq!(his.author.id, bob.id);
    assert_eq!(seqs(&stores.timeline(general.id).await), [1, 2]);
}

pub async fn the_same_nonce_in_another_room_is_another_message(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let random = stores.add_room("random", &ann).await;
    stores.append(with_nonce(&general, &ann, "Hello", "shared")).await;
    let there = stores.append(with_nonce(&random, &ann, "Hello", "shared")).await;
    assert_eq!(there.room_id, random.id);
}

pub async fn nonces_that_differ_only_in_case_are_two(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    stores.append(with_nonce(&general, &ann, "Hello", "aBc_-1")).await;
    stores.append(with_nonce(&general, &ann, "Hello", "AbC_-1")).await;
    assert_eq!(stores.timeline(general.id).await.len(), 2);
}

pub async fn a_nonce_of_64_characters_is_kept_whole(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let stem = "n".repeat(63);
    let first = with_nonce(&general, &ann, "Hello", &format!("{stem}1"));
    let original = stores.append(first.clone()).await;
    assert_eq!(original.nonce, first.nonce);
    stores.append(with_nonce(&general, &ann, "Hello", &format!("{stem}2"))).await;
    let repeat = stores.messages.append(again(&first)).await.expect("a repeat is accepted");
    assert_eq!(repeat, Appended { message: original, duplicate: true });
}

/// A client that resends after its message was deleted must not bring it back. The text is gone, so it can't be
/// compared either.
pub async fn the_nonce_of_a_tombstone_returns_the_tombstone(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let first = with_nonce(&general, &ann, "Hello", "intent-1");
    let original = stores.append(first.clone()).await;
    let tombstone = stores.delete(&original).await;
    for repeat in [again(&first), with_nonce(&general, &ann, "another text", "intent-1")] {
        let repeat = stores.messages.append(repeat).await.expect("a repeat is accepted");
        assert_eq!(repeat, Appended { message: tombstone.clone(), duplicate: true });
    }
    assert_eq!(stores.timeline(general.id).await, [tombstone]);
}

/// A client that got no answer to its first attempt can't know that the message was edited since.
pub async fn the_nonce_of_an_edited_message_returns_it_as_it_is_now(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let first = with_nonce(&general, &ann, "Hello", "intent-1");
    let original = stores.append(first.clone()).await;
    let mut edited = stores.edit(&original, "Hello, world").await;
    for text in ["Hello, everybody", "Hello"] {
        let repeat = stores.messages.append(again(&first)).await.expect("a repeat is accepted");
        assert_eq!(repeat, Appended { message: edited.clone(), duplicate: true });
        let refused = stores.messages.append(with_nonce(&general, &ann, "Hello, world", "intent-1")).await;
        assert!(matches!(refused, Err(AppendError::NonceReused)), "it was posted with another text: {refused:?}");
        edited = stores.edit(&edited, text).await;
    }
    assert_eq!(stores.timeline(general.id).await, [edited]);
}
