//! What every `ThreadRepository` must do.

mod follow;
mod replies;

use domain::model::{Message, MessageId, RoomSeq, ThreadPage, ThreadSummary, User};

pub use self::follow::*;
pub use self::replies::*;
use crate::builders::page_size;
use crate::stores::Stores;

/// Makes one test per case of this port; the argument is awaited to give [`Stores`].
#[macro_export]
macro_rules! thread_repository_contract {
    ($fresh:expr) => {
        $crate::__contract! { await thread_repository, $crate::Stores, $fresh, [
            whoever_wrote_the_first_message_or_a_reply_follows
            a_choice_counts_more_than_taking_part
            a_choice_is_for_one_user_and_one_thread
            following_what_never_was_or_as_nobody_is_refused
            the_same_choice_from_10_tasks_is_one_choice
            replies_come_by_place_whole_with_tombstones
            replies_are_paged_after_a_place
            replies_are_shown_as_they_are_now
            a_summary_counts_replies_that_were_not_deleted
            a_thread_outlives_the_message_that_began_it
            what_began_no_thread_has_no_replies
        ] }
    };
}

/// A message that begins a thread, in a room of Ann and Bob.
async fn a_thread(stores: &Stores) -> (User, User, Message) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let general = stores.add_room("general", &ann).await;
    stores.add_member(general.id, &bob).await;
    let root = stores.post(general.id, &ann, "a thread").await;
    (ann, bob, root)
}

async fn replies(stores: &Stores, root: MessageId, after: RoomSeq, size: u16) -> ThreadPage {
    stores.threads.replies(root, after, page_size(size)).await.expect("they are read")
}

async fn summary(stores: &Stores, root: MessageId, user: &User) -> ThreadSummary {
    stores.threads.summary(root, user.id).await.expect("it is read")
}
