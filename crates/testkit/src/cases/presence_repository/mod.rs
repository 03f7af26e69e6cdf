//! What every `PresenceRepository` must do.

mod choice;
mod seen;

use domain::model::{StoredPresence, UserId};

pub use self::choice::*;
pub use self::seen::*;
use crate::stores::Stores;

/// Makes one test per case of this port; the argument is awaited to give [`Stores`].
#[macro_export]
macro_rules! presence_repository_contract {
    ($fresh:expr) => {
        $crate::__contract! { await presence_repository, $crate::Stores, $fresh, [
            a_choice_is_kept_whole_and_replaces_the_one_before
            a_choice_of_nobody_is_not_kept
            presences_are_found_by_id_and_only_those_that_are_asked_for
            the_latest_time_somebody_was_seen_is_kept
            choice_and_time_do_not_touch_each_other
            several_are_noted_at_once_and_nobody_is_passed_over
            of_10_times_at_once_the_latest_is_kept
        ] }
    };
}

async fn find(stores: &Stores, user_ids: &[UserId]) -> Vec<StoredPresence> {
    stores.presences.find(user_ids).await.expect("they are read")
}

/// Reads what must be kept about one user.
async fn kept(stores: &Stores, user_id: UserId) -> StoredPresence {
    let mut found = find(stores, &[user_id]).await;
    assert_eq!(found.len(), 1, "something is kept about them");
    found.remove(0)
}
