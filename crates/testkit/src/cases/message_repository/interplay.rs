//! Posts, edits, reactions and deletions at once: one order of changes, without gaps, for everybody.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::model::{Message, MessageChange, MessageId, RoomId, RoomRev, User};
use domain::port::{Changed, MessageRepository};

use super::{ann_in_general, assert_dense, revs, seqs};
use crate::builders::{BASE_TIME, a_message, an_edit, emoji, page_size};
use crate::stores::Stores;
use crate::together::together;

/// Posts a message, edits it and reacts to it, deletes every other one, and gives every `rev` it was told of.
async fn a_life(messages: &dyn MessageRepository, room_id: RoomId, author: &User, number: usize) -> Vec<u64> {
    let new = a_message(room_id, author, &format!("message {number}"));
    let posted = messages.append(new).await.expect("it is appended").message;
    let mut changes = vec![
        an_edit(&posted, &format!("message {number}, edited")),
        MessageChange::React { by: author.id, emoji: emoji("👍") },
    ];
    if number.is_multiple_of(2) {
        changes.push(MessageChange::Delete { by: author.id, at: BASE_TIME });
    }
    let mut revs = vec![posted.rev.get()];
    for change in changes {
        let outcome = messages.change(posted.id, change).await.expect("the store answers");
        let Changed::Done(message) = outcome else { panic!("nobody else changes it: {outcome:?}") };
        revs.push(message.rev.get());
    }
    assert!(revs.is_sorted(), "later changes have greater numbers: {revs:?}");
    revs
}

/// Ten writers live through eight messages each: 80 posts, 80 edits, 80 reactions and 40 deletions.
async fn ten_writers(stores: &Stores, room_id: RoomId, author: &User) -> Vec<u64> {
    let revs = together((0..10_usize).map(|_| {
        let (messages, author) = (Arc::clone(&stores.messages), author.clone());
        async move {
            let mut revs = Vec::new();
            for number in 0..8 {
                revs.extend(a_life(messages.as_ref(), room_id, &author, number).await);
            }
            revs
        }
    }))
    .await;
    revs.into_iter().flatten().collect()
}

pub async fn concurrent_appends_edits_reactions_and_deletions_leave_no_gap_in_rev(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let told = ten_writers(stores, general.id, &ann).await;
    assert_dense(told, 280, "rev");
    let timeline = stores.timeline(general.id).await;
    assert_dense(seqs(&timeline), 80, "seq");
    let head = stores.head(general.id).await;
    assert_eq!((head.seq.get(), head.rev.get()), (80, 280));
    assert_eq!(timeline.iter().filter(|message| message.is_deleted()).count(), 40);
    let mut by_rev = timeline;
    by_rev.sort_by_key(|message| message.rev);
    assert_eq!(stores.all_changes(general.id, 7).await, by_rev);
}

/// Watches the changes while they are made, as catching up does: whoever applies them has the whole room in the end.
pub async fn whoever_follows_the_changes_has_the_whole_room(stores: &Stores) {
    let (ann, general) = ann_in_general(stores).await;
    let done = AtomicBool::new(false);
    let write = async {
        ten_writers(stores, general.id, &ann).await;
        done.store(true, Ordering::SeqCst);
    };
    let watch = async {
        let mut known: BTreeMap<MessageId, Message> = BTreeMap::new();
        let mut after = RoomRev::ZERO;
        loop {
            let last_look = done.load(Ordering::SeqCst);
            let page = stores.messages.changes(general.id, after, page_size(50)).await.expect("they are read");
            let revs = revs(&page.items);
            assert!(revs.is_sorted_by(|one, next| one < next), "each change after the one before: {revs:?}");
            assert!(page.items.iter().all(|message| message.rev > after && message.rev <= page.head.rev));
            for message in page.items {
                after = message.rev;
                known.insert(message.id, message);
            }
            // Nothing between the last item and the head is missing, unless it follows.
            assert!(page.more || after == page.head.rev, "changes up to {} of {}", after, page.head.rev);
            if last_look && !page.more {
                return known;
            }
            tokio::task::yield_now().await;
        }
    };
    let ((), known) = tokio::join!(write, watch);
    let mut known: Vec<Message> = known.into_values().collect();
    known.sort_by_key(|message| message.seq);
    assert_eq!(known, stores.timeline(general.id).await);
}
