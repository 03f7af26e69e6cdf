//! What counts as unread.

use domain::model::MessageChange;
use domain::port::Marking;

use super::{ann_and_bob, mark, mark_back, read, state};
use crate::builders::{a_reply, a_thread_reply};
use crate::stores::Stores;

pub async fn ones_own_messages_are_not_unread(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    stores.post(general.id, &ann, "Hello").await;
    stores.post(general.id, &bob, "Hi").await;
    stores.post(general.id, &ann, "How are you?").await;
    assert_eq!(read(stores, general.id, &bob).await, state(0, 2, 0), "posting moves no position");
    assert_eq!(read(stores, general.id, &ann).await, state(0, 1, 0));
    assert_eq!(mark(stores, general.id, &bob, 2).await, Marking::Moved(state(2, 1, 0)));
}

pub async fn deleted_messages_are_not_unread_whenever_they_were_deleted(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    let messages = stores.post_many(general.id, &ann, 6).await;
    stores.delete(&messages[4]).await;
    assert_eq!(read(stores, general.id, &bob).await, state(0, 5, 0), "deleted before anything was read");
    assert_eq!(mark(stores, general.id, &bob, 3).await, Marking::Moved(state(3, 2, 0)));
    stores.delete(&messages[1]).await;
    assert_eq!(read(stores, general.id, &bob).await, state(3, 2, 0), "deleted after it was read");
    stores.delete(&messages[5]).await;
    assert_eq!(read(stores, general.id, &bob).await, state(3, 1, 0), "deleted before it was read");
    assert_eq!(mark_back(stores, general.id, &bob, 0).await, Marking::Moved(state(0, 3, 0)));
}

pub async fn changes_make_no_message_unread_again(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    let first = stores.post(general.id, &ann, "first").await;
    let second = stores.post(general.id, &ann, "second").await;
    mark(stores, general.id, &bob, 1).await;
    for message in [&first, &second] {
        let edited = stores.edit(message, "edited").await;
        stores.react(&edited, &ann, "👍").await;
        stores.pin(&edited, &ann).await;
    }
    assert_eq!(read(stores, general.id, &bob).await, state(1, 1, 0));
    stores.change(second.id, MessageChange::Unpin).await;
    assert_eq!(read(stores, general.id, &bob).await, state(1, 1, 0));
}

pub async fn answers_and_messages_of_threads_count_like_others(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    let root = stores.post(general.id, &bob, "a thread").await;
    stores.append(a_thread_reply(&root, &ann, "in it")).await;
    stores.append(a_reply(&root, &ann, "an answer")).await;
    assert_eq!(read(stores, general.id, &bob).await, state(0, 2, 0));
    assert_eq!(mark(stores, general.id, &bob, 2).await, Marking::Moved(state(2, 1, 0)));
}
