//! Edits, reactions and versions.

use std::sync::Arc;

use testkit::Stores;
use testkit::misbehaving::{ChangeFault, MisbehavingChanges};

use crate::honest;

fn with_changes(fault: ChangeFault) -> Stores {
    let honest = honest();
    Stores { messages: Arc::new(MisbehavingChanges::new(honest.messages.clone(), fault)), ..honest }
}

caught! {
    message_repository, with_changes, tokio::test(flavor = "multi_thread", worker_threads = 2),
    edits_without_a_look_at_the_version_are_caught: ChangeFault::EditsWithoutLookingAtVersions =>
        an_edit_of_an_old_version_is_refused_and_gives_the_message_as_it_is
        of_10_edits_of_one_version_at_once_one_is_made;
    repeats_taken_for_conflicts_are_caught: ChangeFault::TakesRepeatsForConflicts =>
        the_same_edit_again_changes_nothing reacting_twice_and_taking_back_what_is_not_there_change_nothing
        a_pin_is_kept_with_time_and_user_under_the_next_rev;
    numbers_spent_on_nothing_are_caught: ChangeFault::TakesNumbersForNothing =>
        the_same_edit_again_changes_nothing reacting_twice_and_taking_back_what_is_not_there_change_nothing;
    resurrection_by_a_late_edit_is_caught: ChangeFault::BringsTombstonesBackByEdits =>
        a_late_edit_brings_no_deleted_message_back;
    reactions_that_overwrite_each_other_are_caught: ChangeFault::LosesReactionsUnderLoad =>
        of_100_reactions_at_once_none_is_lost of_25_kinds_at_once_20_are_kept;
    unlimited_kinds_of_reactions_are_caught: ChangeFault::AllowsAnyNumberOfKinds =>
        the_21st_kind_is_refused_and_more_of_a_kind_that_is_there_are_not of_25_kinds_at_once_20_are_kept;
    versions_that_outlive_their_message_are_caught: ChangeFault::KeepsVersionsOfDeletedMessages =>
        a_deletion_takes_text_versions_reactions_mentions_and_pin_along
        a_late_edit_brings_no_deleted_message_back;
    lost_versions_are_caught: ChangeFault::KeepsNoVersions =>
        replaced_texts_are_kept_oldest_first_with_their_times the_hundredth_version_is_the_last;
    reversed_versions_are_caught: ChangeFault::ListsVersionsNewestFirst =>
        replaced_texts_are_kept_oldest_first_with_their_times the_hundredth_version_is_the_last;
    mentions_that_outlive_their_text_are_caught: ChangeFault::KeepsWhomTheFirstTextCalled =>
        an_edit_replaces_whom_the_text_calls;
    edited_text_cut_at_nul_is_caught: ChangeFault::CutsEditedTextAtNul => text_survives_edits_as_it_is;
    nonces_judged_by_what_edits_made_of_the_text_are_caught: ChangeFault::JudgesNoncesByEditedTexts =>
        the_nonce_of_an_edited_message_returns_it_as_it_is_now;
}

mod counts {
    use testkit::cases;

    use super::*;
    use crate::assert_fails;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn mention_counts_that_do_not_follow_edits_are_caught() {
        assert_fails(|| async {
            let stores = with_changes(ChangeFault::KeepsWhomTheFirstTextCalled);
            cases::read_state_repository::mentions_follow_edits(&stores).await;
        })
        .await;
    }
}
