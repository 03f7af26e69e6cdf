//! What counts as a mention.

use domain::model::{Mentions, Message, MessageChange, NewMessage, RoomId, User};
use domain::port::Marking;

use super::{ann_and_bob, mark, mark_back, read, state};
use crate::builders::{BASE_TIME, a_message, body, mentions_of};
use crate::stores::Stores;

async fn call(stores: &Stores, room_id: RoomId, author: &User, mentions: Mentions) -> Message {
    stores.append(NewMessage { mentions, ..a_message(room_id, author, "calling") }).await
}

async fn edit(stores: &Stores, seen: &Message, text: &str, mentions: Mentions) -> Message {
    let seen_version = seen.content().expect("it is live").version;
    let edit = MessageChange::Edit { body: body(text), mentions, seen: seen_version, at: BASE_TIME };
    stores.change(seen.id, edit).await
}

fn room() -> Mentions {
    Mentions { room: true, ..Mentions::default() }
}

fn here() -> Mentions {
    Mentions { here: true, ..Mentions::default() }
}

pub async fn mentions_by_name_count_for_those_who_are_named(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    let cid = stores.add_user("cid").await;
    stores.add_member(general.id, &cid).await;
    call(stores, general.id, &ann, mentions_of([&bob])).await;
    call(stores, general.id, &ann, mentions_of([&cid, &bob])).await;
    call(stores, general.id, &ann, Mentions::default()).await;
    assert_eq!(read(stores, general.id, &bob).await, state(0, 3, 2));
    assert_eq!(read(stores, general.id, &cid).await, state(0, 3, 1));
}

pub async fn calling_everybody_counts_for_everybody_else(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    let cid = stores.add_user("cid").await;
    stores.add_member(general.id, &cid).await;
    call(stores, general.id, &ann, room()).await;
    call(stores, general.id, &ann, here()).await;
    call(stores, general.id, &ann, Mentions { room: true, here: true, users: Vec::new() }).await;
    for user in [&bob, &cid] {
        assert_eq!(read(stores, general.id, user).await, state(0, 3, 3));
    }
    assert_eq!(read(stores, general.id, &ann).await, state(0, 0, 0), "nobody calls themselves");
}

pub async fn a_message_that_calls_somebody_twice_counts_once(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    let everything = Mentions { room: true, here: true, ..mentions_of([&bob]) };
    call(stores, general.id, &ann, everything).await;
    assert_eq!(read(stores, general.id, &bob).await, state(0, 1, 1));
}

pub async fn ones_own_mentions_do_not_count(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    for mentions in [mentions_of([&bob]), room(), here()] {
        call(stores, general.id, &bob, mentions).await;
    }
    assert_eq!(read(stores, general.id, &bob).await, state(0, 0, 0));
    assert_eq!(read(stores, general.id, &ann).await, state(0, 3, 2));
}

pub async fn mentions_follow_edits(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    let mut message = call(stores, general.id, &ann, Mentions::default()).await;
    let steps = [
        (mentions_of([&bob]), 1),
        (mentions_of([&ann]), 0),
        (room(), 1),
        (Mentions::default(), 0),
        (here(), 1),
        (Mentions { room: true, ..mentions_of([&bob]) }, 1),
    ];
    for (number, (mentions, expected)) in steps.into_iter().enumerate() {
        message = edit(stores, &message, &number.to_string(), mentions).await;
        assert_eq!(read(stores, general.id, &bob).await, state(0, 1, expected), "step {number}");
    }
    mark(stores, general.id, &bob, 1).await;
    edit(stores, &message, "after it was read", mentions_of([&bob])).await;
    assert_eq!(read(stores, general.id, &bob).await, state(1, 0, 0), "what was read stays read");
}

pub async fn mentions_go_with_deleted_messages(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    let by_name = call(stores, general.id, &ann, mentions_of([&bob])).await;
    let everybody = call(stores, general.id, &ann, room()).await;
    assert_eq!(read(stores, general.id, &bob).await, state(0, 2, 2));
    stores.delete(&by_name).await;
    assert_eq!(read(stores, general.id, &bob).await, state(0, 1, 1));
    stores.delete(&everybody).await;
    assert_eq!(read(stores, general.id, &bob).await, state(0, 0, 0));
}

pub async fn mentions_are_counted_after_the_position_only(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    for mentions in [mentions_of([&bob]), room(), Mentions::default(), mentions_of([&bob])] {
        call(stores, general.id, &ann, mentions).await;
    }
    for (number, expected) in [(1, state(1, 3, 2)), (2, state(2, 2, 1)), (3, state(3, 1, 1)), (4, state(4, 0, 0))] {
        assert_eq!(mark(stores, general.id, &bob, number).await, Marking::Moved(expected));
    }
    assert_eq!(mark_back(stores, general.id, &bob, 0).await, Marking::Moved(state(0, 4, 3)));
}

/// Calling somebody who isn't there yet: they begin after it, and can go back to it.
pub async fn who_joins_later_is_called_when_they_look_back(stores: &Stores) {
    let (ann, bob, general) = ann_and_bob(stores).await;
    let cid = stores.add_user("cid").await;
    call(stores, general.id, &ann, mentions_of([&cid, &bob])).await;
    stores.add_member(general.id, &cid).await;
    assert_eq!(read(stores, general.id, &cid).await, state(1, 0, 0));
    assert_eq!(mark_back(stores, general.id, &cid, 0).await, Marking::Moved(state(0, 1, 1)));
}
