//! Deleting: the place stays, the text goes.

use std::sync::Arc;

use domain::model::{
    ChangeKind, ChangeRefusal, Message, MessageChange, MessageId, MessageState, PageAnchor, RoomHead, RoomRev,
    Timestamp,
};
use domain::port::Changed;

use super::{ann_in_general, assert_shown_everywhere, rev, seq};
use crate::builders::{BASE_TIME, a_message, a_nonce, mentions_of, page_size};
use crate::ids::fresh_id;
use crate::stores::Stores;
use crate::together::together;

pub async fn a_deleted_message_becomes_a_tombstone_under_the_next_rev(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let bob = stores.add_user("bob").await;
    let mut new = a_message(general.id, &ann, "regrettable");
    new.nonce = Some(a_nonce("n-1"));
    let message = stores.append(new).await;
    stores.post(general.id, &ann, "next").await;

    let at = Timestamp::from_millis(-1_001);
    let deletion = stores.messages.change(message.id, MessageChange::Delete { by: bob.id, at }).await;
    let state = MessageState::Deleted { at, by: bob.id };
    let expected = Message { rev: rev(3), change: ChangeKind::Delete, state, ..message.clone() };
    assert_eq!(deletion.expect("it is deleted"), Changed::Done(expected.clone()), "nothing else about it changes");

    assert_eq!(stores.messages.find(message.id).await.expect("it is found"), Some(expected.clone()));
    assert_eq!(stores.timeline(general.id).await[0], expected);
    assert_eq!(stores.head(general.id).await, RoomHead { seq: seq(2), rev: rev(3) });
}

pub async fn a_deleted_text_is_gone_from_every_answer(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let message = stores.post(general.id, &ann, "the-planted-secret").await;
    stores.delete(&message).await;
    let answers = format!(
        "{:?} {:?} {:?} {:?}",
        stores.messages.find(message.id).await.expect("it is read"),
        stores.page(general.id, PageAnchor::Latest, 5).await,
        stores.messages.latest_live(general.id, None, page_size(5)).await.expect("it is read"),
        stores.messages.changes(general.id, RoomRev::ZERO, page_size(5)).await.expect("it is read"),
    );
    assert!(!answers.contains("the-planted-secret"), "{answers}");
}

pub async fn numbers_go_on_after_a_deletion(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let only = stores.post(general.id, &ann, "only").await;
    stores.delete(&only).await;
    let next = stores.post(general.id, &ann, "next").await;
    assert_eq!((next.seq, next.rev), (seq(2), rev(3)), "the tombstone's numbers are never given out again");
}

pub async fn deleting_twice_is_refused_the_second_time(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let message = stores.post(general.id, &ann, "once").await;
    let tombstone = stores.delete(&message).await;
    let later = BASE_TIME.plus(std::time::Duration::from_secs(1));
    let again = MessageChange::Delete { by: ann.id, at: later };
    let second = stores.messages.change(message.id, again).await.expect("the store answers");
    assert_eq!(second, Changed::Refused(ChangeRefusal::Deleted, tombstone.clone()));
    assert_eq!(stores.timeline(general.id).await, [tombstone], "the second deletion changed nothing");
    assert_eq!(stores.head(general.id).await.rev, rev(2));
}

pub async fn deleting_what_never_was_finds_nothing(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let message = stores.post(general.id, &ann, "bystander").await;
    let missing = MessageId::new(fresh_id());
    let delete = MessageChange::Delete { by: ann.id, at: BASE_TIME };
    assert_eq!(stores.messages.change(missing, delete).await.expect("the store answers"), Changed::Absent);
    assert_eq!(stores.timeline(general.id).await, [message]);
}

pub async fn of_10_deletions_at_once_one_deletes(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let message = stores.post(general.id, &ann, "popular").await;
    let results = together((0..10).map(|_| {
        let (messages, ann) = (Arc::clone(&stores.messages), ann.clone());
        let delete = MessageChange::Delete { by: ann.id, at: BASE_TIME };
        async move { messages.change(message.id, delete).await.expect("the store answers") }
    }))
    .await;
    let deleted = results.iter().filter(|result| matches!(result, Changed::Done(_))).count();
    assert_eq!(deleted, 1);
    assert_eq!(stores.head(general.id).await.rev, rev(2), "the others used up no number");
}

pub async fn a_deletion_takes_text_versions_reactions_mentions_and_pin_along(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let bob = stores.add_user("bob").await;
    let mut new = a_message(general.id, &ann, "the-planted-secret for @bob");
    new.mentions = mentions_of([&bob]);
    let message = stores.append(new).await;
    let edited = stores.edit(&message, "the-planted-secret, edited").await;
    stores.react(&edited, &bob, "👍").await;
    stores.pin(&edited, &bob).await;
    let tombstone = stores.delete(&edited).await;

    let state = MessageState::Deleted { at: BASE_TIME, by: ann.id };
    assert_eq!(tombstone, Message { rev: rev(5), change: ChangeKind::Delete, state, ..message });
    assert_shown_everywhere(stores, &tombstone).await;
    let versions = stores.messages.versions(tombstone.id).await.expect("they are read");
    assert_eq!(versions, [], "texts that were replaced are gone, too");
    let pinned = stores.messages.pinned(general.id, None, page_size(5)).await.expect("they are read");
    assert_eq!(pinned, []);
}
