//! What every `MessageRepository` must do.

mod append;
mod changes;
mod deletion;
mod edit;
mod interplay;
mod latest_live;
mod nonce;
mod order;
mod page;
mod pin;
mod reaction;
mod refusal;
mod reply;
mod text;

use domain::model::{Message, MessageBody, PageAnchor, Room, RoomRev, RoomSeq, User};

pub use self::append::*;
pub use self::changes::*;
pub use self::deletion::*;
pub use self::edit::*;
pub use self::interplay::*;
pub use self::latest_live::*;
pub use self::nonce::*;
pub use self::order::*;
pub use self::page::*;
pub use self::pin::*;
pub use self::reaction::*;
pub use self::refusal::*;
pub use self::reply::*;
pub use self::text::*;
use crate::builders::page_size;
use crate::stores::Stores;

/// Makes one test per case of this port; the argument is awaited to give [`Stores`].
#[macro_export]
macro_rules! message_repository_contract {
    ($fresh:expr) => {
        $crate::__contract! { await message_repository, $crate::Stores, $fresh, [
            the_first_message_has_the_numbers_1_and_1
            an_appended_message_reads_back_equal_everywhere
            the_numbers_go_up_by_one
            each_room_counts_for_itself
            message_times_are_kept_to_the_millisecond_also_before_1970
            a_clock_that_jumps_back_changes_no_order
            an_id_smaller_than_earlier_ones_changes_no_order
            the_same_text_twice_without_a_nonce_is_two_messages
            a_repeated_message_id_is_refused_and_leaves_no_gap
            a_message_that_never_was_is_not_found
            changes_after_a_deletion_have_its_tombstone_once_in_the_order_of_revs
            changes_come_after_the_given_rev_only
            more_says_exactly_whether_a_page_of_changes_follows
            after_the_last_change_there_are_none
            paging_through_changes_one_by_one_gives_everything
            an_empty_or_missing_room_has_no_changes
            a_message_changed_fifty_times_comes_once_as_it_is_now
            every_change_says_what_it_was_and_keeps_the_rev_of_the_post
            a_deleted_message_becomes_a_tombstone_under_the_next_rev
            a_deleted_text_is_gone_from_every_answer
            numbers_go_on_after_a_deletion
            deleting_twice_is_refused_the_second_time
            deleting_what_never_was_finds_nothing
            of_10_deletions_at_once_one_deletes
            a_deletion_takes_text_versions_reactions_mentions_and_pin_along
            the_latest_live_messages_come_oldest_first
            the_latest_live_messages_leave_tombstones_out_and_still_fill_the_page
            the_latest_live_messages_before_one_leave_it_out
            a_room_of_tombstones_has_no_live_messages
            the_same_nonce_again_returns_the_original
            the_same_nonce_with_the_same_id_returns_the_original
            the_same_nonce_with_another_text_is_refused
            a_nonce_tells_texts_apart_that_only_look_the_same
            the_same_nonce_from_10_tasks_appends_one_message
            one_nonce_with_10_texts_at_once_appends_one_of_them
            a_storm_of_repeats_stores_each_intent_once_and_without_gaps
            the_same_nonce_by_another_author_is_another_message
            the_same_nonce_in_another_room_is_another_message
            nonces_that_differ_only_in_case_are_two
            a_nonce_of_64_characters_is_kept_whole
            the_nonce_of_a_tombstone_returns_the_tombstone
            the_nonce_of_an_edited_message_returns_it_as_it_is_now
            concurrent_appends_leave_no_gap_in_either_number
            each_writers_messages_stay_in_the_order_of_writing
            appends_begun_one_after_the_other_are_stored_in_that_order
            a_reader_never_sees_a_hole_while_others_append
            concurrent_appends_and_deletions_leave_no_gap_in_rev
            concurrent_appends_edits_reactions_and_deletions_leave_no_gap_in_rev
            whoever_follows_the_changes_has_the_whole_room
            an_empty_room_has_only_empty_pages
            a_missing_room_is_an_empty_one
            the_latest_page_ends_at_the_head
            a_page_as_large_as_the_room_has_nothing_around_it
            a_page_before_a_message_ends_just_before_it
            before_the_first_message_there_is_nothing
            before_a_number_beyond_the_head_come_the_latest
            a_page_after_a_message_begins_just_after_it
            after_the_head_there_is_nothing
            a_page_around_a_message_has_it_and_half_a_page_on_each_side
            around_a_missing_message_lies_the_nearest_end
            paging_back_one_by_one_visits_every_message_once
            paging_forward_in_threes_visits_every_message_once
            tombstones_keep_their_places_in_pages
            appending_to_a_missing_room_is_refused
            appending_to_an_archived_room_is_refused
            appending_by_someone_who_is_no_member_is_refused
            appending_by_someone_who_does_not_exist_is_refused
            appending_after_leaving_is_refused_until_one_joins_again
            a_direct_conversation_without_a_name_takes_messages
            refused_appends_leave_the_timeline_and_the_nonce_alone
            once_leaving_is_confirmed_no_append_under_way_succeeds
            an_edit_replaces_the_text_under_the_next_rev_and_nothing_else
            replaced_texts_are_kept_oldest_first_with_their_times
            the_same_edit_again_changes_nothing
            an_edit_of_an_old_version_is_refused_and_gives_the_message_as_it_is
            a_late_edit_brings_no_deleted_message_back
            of_10_edits_of_one_version_at_once_one_is_made
            an_edit_that_races_a_deletion_leaves_no_text_behind
            an_edit_replaces_whom_the_text_calls
            an_edit_keeps_reactions_and_pin
            the_hundredth_version_is_the_last
            times_of_edits_are_kept_to_the_millisecond_also_before_1970
            changing_what_never_was_finds_nothing
            a_reaction_comes_under_the_next_rev_and_changes_nothing_else
            reacting_twice_and_taking_back_what_is_not_there_change_nothing
            reactions_keep_the_order_in_which_they_came
            emoji_of_every_make_are_kept_apart
            the_21st_kind_is_refused_and_more_of_a_kind_that_is_there_are_not
            of_25_kinds_at_once_20_are_kept
            of_100_reactions_at_once_none_is_lost
            nobody_reacts_to_a_tombstone
            a_pin_is_kept_with_time_and_user_under_the_next_rev
            pins_come_by_place_newest_first_whenever_they_were_pinned
            pins_are_paged_before_a_place
            what_is_unpinned_or_deleted_is_not_pinned
            an_answer_shows_the_beginning_of_what_it_answers
            an_answer_follows_the_edits_of_what_it_answers
            an_answer_no_longer_quotes_what_was_deleted
            an_answer_takes_no_rev_for_changes_of_what_it_answers
            an_append_answers_with_what_is_answered_as_it_is_by_then
            an_answer_to_an_answer_quotes_that_one_alone
            a_deleted_answer_still_says_what_it_answered
            messages_of_a_thread_say_so_and_stay_in_the_timeline
            text_with_dots_dollars_quotes_and_nul_is_kept_as_it_is
            text_at_the_size_limits_is_kept_whole
            text_survives_edits_as_it_is
            text_at_the_size_limits_survives_edits
        ] }
    };
}

/// A room with its owner, who can post there.
async fn ann_in_general(stores: &Stores) -> (User, Room) {
    let ann = stores.add_user("ann").await;
    let general = stores.add_room("general", &ann).await;
    (ann, general)
}

fn seq(number: u64) -> RoomSeq {
    RoomSeq::new(number).expect("a small number")
}

fn rev(number: u64) -> RoomRev {
    RoomRev::new(number).expect("a small number")
}

fn seqs(messages: &[Message]) -> Vec<u64> {
    messages.iter().map(|message| message.seq.get()).collect()
}

fn revs(messages: &[Message]) -> Vec<u64> {
    messages.iter().map(|message| message.rev.get()).collect()
}

fn texts(messages: &[Message]) -> Vec<&str> {
    messages.iter().filter_map(Message::body).map(MessageBody::as_str).collect()
}

/// Panics unless the numbers are 1, 2, 3, … `last`.
fn assert_dense(mut numbers: Vec<u64>, last: u64, what: &str) {
    numbers.sort_unstable();
    let expected: Vec<u64> = (1..=last).collect();
    assert_eq!(numbers, expected, "{what} runs without gaps or repeats");
}

/// Panics unless every way to read the message, or its tombstone, gives exactly this.
async fn assert_shown_everywhere(stores: &Stores, message: &Message) {
    let (room, size) = (message.room_id, page_size(1));
    let (seq_before, rev_before) = (message.seq.get() - 1, message.rev.get() - 1);
    assert_eq!(&stores.find(message.id).await, message, "found by id");
    let page = stores.page(room, PageAnchor::After(seq(seq_before)), 1).await;
    assert_eq!(page.items.first(), Some(message), "in its place");
    let changes = stores.messages.changes(room, rev(rev_before), size).await.expect("they are read");
    assert_eq!(changes.items.first(), Some(message), "among the changes");
    let before = Some(message.seq.next());
    let live = stores.messages.latest_live(room, before, size).await.expect("they are read");
    assert_eq!(live.contains(message), !message.is_deleted(), "among the live ones");
    let pinned = stores.messages.pinned(room, before, size).await.expect("they are read");
    let is_pinned = message.content().is_some_and(|content| content.pin.is_some());
    assert_eq!(pinned.contains(message), is_pinned, "among the pinned ones");
    if let Some(root) = message.thread {
        let replies = stores.threads.replies(root, seq(seq_before), size).await.expect("they are read");
        assert_eq!(replies.items.first(), Some(message), "in its thread");
    }
}
