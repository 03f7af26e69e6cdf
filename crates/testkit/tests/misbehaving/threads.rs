//! Threads.

use std::sync::Arc;

use testkit::Stores;
use testkit::misbehaving::{MisbehavingThreads, ThreadFault};

use crate::honest;

fn with_threads(fault: ThreadFault) -> Stores {
    let honest = honest();
    Stores { threads: Arc::new(MisbehavingThreads::new(honest.threads.clone(), fault)), ..honest }
}

caught! {
    thread_repository, with_threads, tokio::test(flavor = "multi_thread", worker_threads = 2),
    counted_tombstones_are_caught: ThreadFault::CountsTombstones =>
        a_summary_counts_replies_that_were_not_deleted a_thread_outlives_the_message_that_began_it;
    replies_without_tombstones_are_caught: ThreadFault::LeavesTombstonesOut =>
        replies_come_by_place_whole_with_tombstones replies_are_paged_after_a_place;
    an_inclusive_cursor_is_caught: ThreadFault::IncludesTheCursor => replies_are_paged_after_a_place;
    guesses_about_more_replies_are_caught: ThreadFault::GuessesWhetherThereIsMore => replies_are_paged_after_a_place;
    forgotten_choices_are_caught: ThreadFault::ForgetsChoices =>
        a_choice_counts_more_than_taking_part a_choice_is_for_one_user_and_one_thread
        the_same_choice_from_10_tasks_is_one_choice;
    forgetting_who_took_part_is_caught: ThreadFault::ForgetsWhoTookPart =>
        whoever_wrote_the_first_message_or_a_reply_follows a_choice_is_for_one_user_and_one_thread;
    ghosts_are_caught: ThreadFault::AdmitsGhosts => following_what_never_was_or_as_nobody_is_refused;
}
