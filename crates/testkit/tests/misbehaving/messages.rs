//! Timelines: order, nonces, pages, deletion and text.

use std::sync::Arc;

use testkit::Stores;
use testkit::misbehaving::{MembershipFault, MessageFault, MisbehavingMemberships, MisbehavingMessages};

use crate::honest;

fn with_messages(fault: MessageFault) -> Stores {
    let honest = honest();
    Stores { messages: Arc::new(MisbehavingMessages::new(honest.messages.clone(), fault)), ..honest }
}

caught! {
    message_repository, with_messages, tokio::test(flavor = "multi_thread", worker_threads = 2),
    lost_messages_are_caught: MessageFault::LosesEveryThirdMessage =>
        the_numbers_go_up_by_one concurrent_appends_leave_no_gap_in_either_number
        a_reader_never_sees_a_hole_while_others_append;
    doubled_messages_are_caught: MessageFault::StoresMessagesTwice =>
        the_numbers_go_up_by_one the_same_nonce_from_10_tasks_appends_one_message
        concurrent_appends_leave_no_gap_in_either_number;
    reordered_appends_are_caught: MessageFault::ReordersAppends =>
        appends_begun_one_after_the_other_are_stored_in_that_order;
    forgotten_nonces_are_caught: MessageFault::ForgetsNonces =>
        the_same_nonce_again_returns_the_original the_same_nonce_with_another_text_is_refused
        the_same_nonce_from_10_tasks_appends_one_message the_nonce_of_a_tombstone_returns_the_tombstone;
    nonces_that_are_checked_before_the_insert_are_caught: MessageFault::ForgetsNoncesUnderLoad =>
        the_same_nonce_from_10_tasks_appends_one_message one_nonce_with_10_texts_at_once_appends_one_of_them
        a_storm_of_repeats_stores_each_intent_once_and_without_gaps;
    nonces_for_any_text_are_caught: MessageFault::OverlooksOtherTextsUnderANonce =>
        the_same_nonce_with_another_text_is_refused a_nonce_tells_texts_apart_that_only_look_the_same
        one_nonce_with_10_texts_at_once_appends_one_of_them;
    nonces_shared_between_authors_are_caught: MessageFault::SharesNoncesBetweenAuthors =>
        the_same_nonce_by_another_author_is_another_message;
    resurrection_by_nonce_is_caught: MessageFault::BringsTombstonesBackForTheirNonce =>
        the_nonce_of_a_tombstone_returns_the_tombstone;
    outsiders_who_post_are_caught: MessageFault::LetsOutsidersIn =>
        appending_by_someone_who_is_no_member_is_refused appending_after_leaving_is_refused_until_one_joins_again
        appending_by_someone_who_does_not_exist_is_refused;
    gaps_are_caught: MessageFault::LeavesGapsInSeq =>
        the_numbers_go_up_by_one concurrent_appends_leave_no_gap_in_either_number;
    repeated_numbers_are_caught: MessageFault::GivesNumbersTwice =>
        the_numbers_go_up_by_one each_room_counts_for_itself concurrent_appends_leave_no_gap_in_either_number;
    numbers_visible_before_those_below_are_caught: MessageFault::HidesTheLastButOne =>
        a_reader_never_sees_a_hole_while_others_append the_latest_page_ends_at_the_head;
    text_that_outlives_its_deletion_is_caught: MessageFault::KeepsDeletedText =>
        a_deleted_text_is_gone_from_every_answer a_deleted_message_becomes_a_tombstone_under_the_next_rev;
    deleting_twice_is_caught: MessageFault::DeletesTwice =>
        deleting_twice_is_refused_the_second_time of_10_deletions_at_once_one_deletes;
    tombstones_without_a_rev_of_their_own_are_caught: MessageFault::KeepsTheRevOfDeleted =>
        a_deleted_message_becomes_a_tombstone_under_the_next_rev
        concurrent_appends_and_deletions_leave_no_gap_in_rev;
    ignored_page_sizes_are_caught: MessageFault::IgnoresPageSizes =>
        the_latest_page_ends_at_the_head a_page_after_a_message_begins_just_after_it;
    reversed_pages_are_caught: MessageFault::ReversesPages =>
        the_latest_page_ends_at_the_head paging_forward_in_threes_visits_every_message_once;
    inclusive_cursors_are_caught: MessageFault::IncludesTheCursor =>
        a_page_before_a_message_ends_just_before_it before_the_first_message_there_is_nothing;
    guesses_about_the_ends_of_pages_are_caught: MessageFault::GuessesWhatLiesAroundAPage =>
        a_page_as_large_as_the_room_has_nothing_around_it before_the_first_message_there_is_nothing
        after_the_head_there_is_nothing;
    unfilled_pages_are_caught: MessageFault::LeavesPagesOfLiveMessagesUnfilled =>
        the_latest_live_messages_leave_tombstones_out_and_still_fill_the_page;
    changes_in_the_order_of_places_are_caught: MessageFault::OrdersChangesBySeq =>
        changes_after_a_deletion_have_its_tombstone_once_in_the_order_of_revs;
    guesses_about_more_changes_are_caught: MessageFault::GuessesWhetherThereIsMore =>
        more_says_exactly_whether_a_page_of_changes_follows;
    text_cut_at_nul_is_caught: MessageFault::CutsTextAtNul =>
        text_with_dots_dollars_quotes_and_nul_is_kept_as_it_is;
    trimmed_text_is_caught: MessageFault::TrimsText =>
        text_with_dots_dollars_quotes_and_nul_is_kept_as_it_is;
    rounded_times_are_caught: MessageFault::RoundsTimesToSeconds =>
        message_times_are_kept_to_the_millisecond_also_before_1970;
}

mod leaving {
    use testkit::cases;

    use super::*;
    use crate::assert_fails;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn an_append_that_succeeds_after_leaving_was_confirmed_is_caught() {
        assert_fails(|| async {
            let honest = honest();
            let late =
                MisbehavingMemberships::new(honest.memberships.clone(), MembershipFault::ConfirmsLeavingTooEarly);
            let stores = Stores { memberships: Arc::new(late), ..honest };
            cases::message_repository::once_leaving_is_confirmed_no_append_under_way_succeeds(&stores).await;
        })
        .await;
    }
}
