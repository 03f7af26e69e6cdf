//! Read positions and what they leave.

use std::sync::Arc;

use testkit::Stores;
use testkit::misbehaving::{MisbehavingReadStates, ReadStateFault};

use crate::honest;

fn with_read_states(fault: ReadStateFault) -> Stores {
    let honest = honest();
    Stores { read_states: Arc::new(MisbehavingReadStates::new(&honest, fault)), ..honest }
}

caught! {
    read_state_repository, with_read_states, tokio::test(flavor = "multi_thread", worker_threads = 2),
    positions_that_go_back_are_caught: ReadStateFault::GoesBackUnasked =>
        a_smaller_or_equal_number_changes_nothing of_100_positions_at_once_the_greatest_counts
        after_hundreds_of_random_operations_read_states_equal_a_recount;
    positions_that_are_compared_before_they_are_written_are_caught: ReadStateFault::GoesBackUnderLoad =>
        of_100_positions_at_once_the_greatest_counts;
    positions_that_never_go_back_are_caught: ReadStateFault::NeverGoesBack =>
        a_position_goes_back_only_when_it_is_told_to
        after_hundreds_of_random_operations_read_states_equal_a_recount;
    positions_beyond_the_head_are_caught: ReadStateFault::AcceptsNumbersBeyondTheHead =>
        a_number_beyond_the_head_is_refused after_hundreds_of_random_operations_read_states_equal_a_recount;
    counting_ones_own_messages_is_caught: ReadStateFault::CountsOnesOwn =>
        ones_own_messages_are_not_unread ones_own_mentions_do_not_count
        calling_everybody_counts_for_everybody_else
        after_hundreds_of_random_operations_read_states_equal_a_recount;
    counting_deleted_messages_is_caught: ReadStateFault::CountsDeletedMessages =>
        deleted_messages_are_not_unread_whenever_they_were_deleted mentions_go_with_deleted_messages
        after_hundreds_of_random_operations_read_states_equal_a_recount;
    counting_edited_messages_again_is_caught: ReadStateFault::CountsEditedMessagesAgain =>
        changes_make_no_message_unread_again mentions_follow_edits;
    counting_every_call_is_caught: ReadStateFault::CountsEveryCallOfAMessage =>
        a_message_that_calls_somebody_twice_counts_once;
    overlooked_calls_of_everybody_are_caught: ReadStateFault::OverlooksCallsOfEverybody =>
        calling_everybody_counts_for_everybody_else mentions_follow_edits;
    counters_that_drift_are_caught: ReadStateFault::RemembersCountsUntilTheNextMark =>
        deleted_messages_are_not_unread_whenever_they_were_deleted mentions_go_with_deleted_messages
        mentions_follow_edits after_hundreds_of_random_operations_read_states_equal_a_recount;
    positions_that_outlive_their_membership_are_caught: ReadStateFault::KeepsPositionsOfThoseWhoLeft =>
        a_position_goes_with_the_membership_and_begins_anew_at_the_head
        after_hundreds_of_random_operations_read_states_equal_a_recount;
    receipts_of_everybody_are_caught: ReadStateFault::ShowsEverybodysReceipts =>
        receipts_leave_out_who_does_not_show_theirs receipts_leave_out_accounts_that_are_shut
        a_room_of_more_than_200_members_has_no_receipts;
}
