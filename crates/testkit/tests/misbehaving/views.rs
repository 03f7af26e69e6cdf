//! What is shown of messages: previews, pins, kinds of changes.

use std::sync::Arc;

use testkit::Stores;
use testkit::misbehaving::{MisbehavingViews, ViewFault};

use crate::honest;

fn with_views(fault: ViewFault) -> Stores {
    let honest = honest();
    Stores { messages: Arc::new(MisbehavingViews::new(honest.messages.clone(), fault)), ..honest }
}

caught! {
    message_repository, with_views, tokio::test(flavor = "multi_thread", worker_threads = 2),
    stored_previews_are_caught: ViewFault::QuotesWhatWasAnsweredThen =>
        an_answer_follows_the_edits_of_what_it_answers an_answer_no_longer_quotes_what_was_deleted
        an_append_answers_with_what_is_answered_as_it_is_by_then
        an_answer_takes_no_rev_for_changes_of_what_it_answers;
    previews_that_are_stale_in_lists_are_caught: ViewFault::QuotesInListsWhatWasAnsweredThen =>
        an_answer_follows_the_edits_of_what_it_answers an_answer_no_longer_quotes_what_was_deleted
        an_answer_takes_no_rev_for_changes_of_what_it_answers;
    previews_as_the_author_had_read_them_are_caught: ViewFault::QuotesToTheAuthorWhatTheyHadRead =>
        an_append_answers_with_what_is_answered_as_it_is_by_then;
    lost_previews_are_caught: ViewFault::QuotesNothing =>
        an_answer_shows_the_beginning_of_what_it_answers an_answer_to_an_answer_quotes_that_one_alone
        a_deleted_answer_still_says_what_it_answered;
    reactions_lost_by_edits_are_caught: ViewFault::DropsReactionsOfEditedMessages => an_edit_keeps_reactions_and_pin;
    forgotten_posts_are_caught: ViewFault::ForgetsWhenMessagesWerePosted =>
        every_change_says_what_it_was_and_keeps_the_rev_of_the_post
        an_edit_replaces_the_text_under_the_next_rev_and_nothing_else;
    confused_kinds_of_changes_are_caught: ViewFault::CallsEveryChangeAnEdit =>
        every_change_says_what_it_was_and_keeps_the_rev_of_the_post
        a_deleted_message_becomes_a_tombstone_under_the_next_rev
        a_reaction_comes_under_the_next_rev_and_changes_nothing_else;
    edits_that_nobody_catches_up_with_are_caught: ViewFault::HidesEditsFromCatchingUp =>
        an_edit_replaces_the_text_under_the_next_rev_and_nothing_else
        an_edit_keeps_reactions_and_pin;
    changes_listed_one_by_one_are_caught: ViewFault::ListsEveryChangeOfAMessage =>
        a_message_changed_fifty_times_comes_once_as_it_is_now;
    the_wrong_order_of_pins_is_caught: ViewFault::OrdersPinsByTheirChange =>
        pins_come_by_place_newest_first_whenever_they_were_pinned;
    an_ignored_cursor_of_pins_is_caught: ViewFault::IgnoresTheCursorOfPins => pins_are_paged_before_a_place;
    pinned_tombstones_are_caught: ViewFault::KeepsDeletedMessagesPinned =>
        what_is_unpinned_or_deleted_is_not_pinned
        a_deletion_takes_text_versions_reactions_mentions_and_pin_along;
    forgotten_threads_are_caught: ViewFault::ForgetsThreads =>
        messages_of_a_thread_say_so_and_stay_in_the_timeline;
}
