//! What is kept about presence.

use std::sync::Arc;

use testkit::Stores;
use testkit::misbehaving::{MisbehavingPresences, PresenceFault};

use crate::honest;

fn with_presences(fault: PresenceFault) -> Stores {
    let honest = honest();
    Stores { presences: Arc::new(MisbehavingPresences::new(honest.presences.clone(), fault)), ..honest }
}

caught! {
    presence_repository, with_presences, tokio::test(flavor = "multi_thread", worker_threads = 2),
    times_that_go_back_are_caught: PresenceFault::GoesBackInTime =>
        the_latest_time_somebody_was_seen_is_kept several_are_noted_at_once_and_nobody_is_passed_over
        of_10_times_at_once_the_latest_is_kept;
    lost_texts_are_caught: PresenceFault::LosesTexts =>
        a_choice_is_kept_whole_and_replaces_the_one_before
        presences_are_found_by_id_and_only_those_that_are_asked_for;
    choices_without_an_end_are_caught: PresenceFault::ForgetsPastChoices =>
        a_choice_is_kept_whole_and_replaces_the_one_before;
    the_wrong_order_is_caught: PresenceFault::FindsInTheOrderOfAsking =>
        presences_are_found_by_id_and_only_those_that_are_asked_for;
    stopping_at_a_ghost_is_caught: PresenceFault::StopsAtTheFirstGhost =>
        several_are_noted_at_once_and_nobody_is_passed_over;
    ghosts_are_caught: PresenceFault::AdmitsGhosts => a_choice_of_nobody_is_not_kept;
}
