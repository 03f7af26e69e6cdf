//! Appends that must be refused, with a definite error and without using up a number.

use std::sync::Arc;

use domain::model::{RoomHead, RoomId, RoomKind};
use domain::port::AppendError;

use super::ann_in_general;
use crate::builders::{BASE_TIME, a_message, a_nonce, a_room, a_user};
use crate::ids::fresh_id;
use crate::stores::Stores;

pub async fn appending_to_a_missing_room_is_refused(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let refused = stores.messages.append(a_message(RoomId::new(fresh_id()), &ann, "Hello")).await;
    assert!(matches!(refused, Err(AppendError::NoRoom)), "{refused:?}");
}

pub async fn appending_to_an_archived_room_is_refused(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let mut new = a_room("museum", ann.id);
    new.room.archived_at = Some(BASE_TIME);
    let room_id = new.room.id;
    stores.rooms.insert(new).await.expect("an archived room can be stored, as a restore does");
    let refused = stores.messages.append(a_message(room_id, &ann, "Hello")).await;
    assert!(matches!(refused, Err(AppendError::RoomArchived)), "{refused:?}");
    assert_eq!(stores.head(room_id).await, RoomHead::default());
}

pub async fn appending_by_someone_who_is_no_member_is_refused(stores: &Stores) {
    let (_, general) = ann_in_general(stores).await;
    let outsider = stores.add_user("bob").await;
    let refused = stores.messages.append(a_message(general.id, &outsider, "Hello")).await;
    assert!(matches!(refused, Err(AppendError::NotAMember)), "{refused:?}");
}

pub async fn appending_by_someone_who_does_not_exist_is_refused(stores: &Stores) {
    let (_, general) = ann_in_general(stores).await;
    let nobody = a_user("nobody").user;
    let refused = stores.messages.append(a_message(general.id, &nobody, "Hello")).await;
    assert!(matches!(refused, Err(AppendError::NotAMember)), "{refused:?}");
}

pub async fn appending_after_leaving_is_refused_until_one_joins_again(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let bob = stores.add_user("bob").await;
    stores.add_member(general.id, &bob).await;
    let before = stores.post(general.id, &bob, "I'm in").await;
    stores.memberships.leave(general.id, bob.id).await.expect("he leaves");
    let refused = stores.messages.append(a_message(general.id, &bob, "am I?")).await;
    assert!(matches!(refused, Err(AppendError::NotAMember)), "{refused:?}");
    stores.post(general.id, &ann, "others still can").await;
    stores.add_member(general.id, &bob).await;
    let after = stores.post(general.id, &bob, "back").await;
    assert_eq!(after.seq.get(), before.seq.get() + 2, "the refused append used up no number");
}

pub async fn a_direct_conversation_without_a_name_takes_messages(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let mut new = a_room("unused", ann.id);
    new.room.name = None;
    new.room.kind = RoomKind::Direct;
    let room_id = new.room.id;
    stores.rooms.insert(new).await.expect("the room is added");
    let message = stores.post(room_id, &ann, "psst").await;
    assert_eq!(stores.timeline(room_id).await, [message]);
}

pub async fn refused_appends_leave_the_timeline_and_the_nonce_alone(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let bob = stores.add_user("bob").await;
    stores.post(general.id, &ann, "Hello").await;
    let before = stores.head(general.id).await;
    let mut early = a_message(general.id, &bob, "let me in");
    early.nonce = Some(a_nonce("once"));
    for _ in 0..3 {
        stores.messages.append(early.clone()).await.expect_err("he isn't a member");
    }
    assert_eq!(stores.head(general.id).await, before);
    stores.add_member(general.id, &bob).await;
    let message = stores.append(early).await;
    assert_eq!(message.seq, before.seq.next(), "a refused append spends neither number nor nonce");
}

/// A member who is removed in the middle of a burst gets nothing in after the removal was confirmed.
pub async fn once_leaving_is_confirmed_no_append_under_way_succeeds(stores: &Stores) {
    let (_, general) = ann_in_general(stores).await;
    let bob = stores.add_user("bob").await;
    stores.add_member(general.id, &bob).await;
    let mut burst = tokio::task::JoinSet::new();
    let (sign, mut signs) = tokio::sync::mpsc::channel(64);
    for _ in 0..5 {
        let (messages, bob, room_id, sign) = (Arc::clone(&stores.messages), bob.clone(), general.id, sign.clone());
        burst.spawn(async move {
            for _ in 0..10_000 {
                match messages.append(a_message(room_id, &bob, "still here")).await {
                    // A full channel is no matter: one sign is enough.
                    Ok(_) => drop(sign.try_send(())),
                    Err(AppendError::NotAMember) => return,
                    Err(other) => panic!("an append may only be accepted or refused here: {other}"),
                }
            }
            panic!("he was removed and can still post");
        });
    }
    for _ in 0..10 {
        signs.recv().await.expect("the burst is under way");
    }
    assert!(stores.memberships.leave(general.id, bob.id).await.expect("he is removed"));
    let head = stores.head(general.id).await;
    burst.join_all().await;
    assert_eq!(stores.head(general.id).await, head, "nothing was appended after the removal was confirmed");
}
