//! What every `ReadStateRepository` must do.

mod marker;
mod membership;
mod mention;
mod random;
mod receipt;
mod unread;

use domain::model::{Marker, ReadState, Room, RoomId, RoomSeq, User};
use domain::port::Marking;

pub use self::marker::*;
pub use self::membership::*;
pub use self::mention::*;
pub use self::random::*;
pub use self::receipt::*;
pub use self::unread::*;
use crate::stores::Stores;

/// Makes one test per case of this port; the argument is awaited to give [`Stores`].
#[macro_export]
macro_rules! read_state_repository_contract {
    ($fresh:expr) => {
        $crate::__contract! { await read_state_repository, $crate::Stores, $fresh, [
            a_position_moves_forward_and_says_what_that_leaves
            a_smaller_or_equal_number_changes_nothing
            a_position_goes_back_only_when_it_is_told_to
            a_number_beyond_the_head_is_refused
            every_member_and_every_room_has_a_position_of_its_own
            marking_takes_no_number
            of_100_positions_at_once_the_greatest_counts
            an_owner_begins_at_zero_and_a_new_member_at_the_head
            joining_again_leaves_the_position_where_it_is
            who_is_no_member_has_no_position
            a_position_goes_with_the_membership_and_begins_anew_at_the_head
            an_owner_who_comes_back_begins_at_the_head
            lists_of_rooms_show_the_same_to_members_and_nothing_to_others
            mentions_by_name_count_for_those_who_are_named
            calling_everybody_counts_for_everybody_else
            a_message_that_calls_somebody_twice_counts_once
            ones_own_mentions_do_not_count
            mentions_follow_edits
            mentions_go_with_deleted_messages
            mentions_are_counted_after_the_position_only
            who_joins_later_is_called_when_they_look_back
            after_hundreds_of_random_operations_read_states_equal_a_recount
            receipts_are_the_positions_of_members_by_id
            receipts_leave_out_who_does_not_show_theirs
            receipts_leave_out_accounts_that_are_shut
            a_room_of_more_than_200_members_has_no_receipts
            ones_own_messages_are_not_unread
            deleted_messages_are_not_unread_whenever_they_were_deleted
            changes_make_no_message_unread_again
            answers_and_messages_of_threads_count_like_others
        ] }
    };
}

/// A room of two: Ann, who owns it, and Bob.
async fn ann_and_bob(stores: &Stores) -> (User, User, Room) {
    let ann = stores.add_user("ann").await;
    let bob = stores.add_user("bob").await;
    let general = stores.add_room("general", &ann).await;
    stores.add_member(general.id, &bob).await;
    (ann, bob, general)
}

fn seq(number: u64) -> RoomSeq {
    RoomSeq::new(number).expect("a small number")
}

/// A read state in numbers: position, unread, mentions.
fn state(read_seq: u64, unread: u64, mentions: u64) -> ReadState {
    ReadState { read_seq: seq(read_seq), unread, mentions }
}

/// Moves a position forward.
async fn mark(stores: &Stores, room_id: RoomId, user: &User, number: u64) -> Marking {
    let marker = Marker { room_id, user_id: user.id, seq: seq(number), back: false };
    stores.read_states.mark(marker).await.expect("the store answers")
}

/// Moves a position wherever it is told.
async fn mark_back(stores: &Stores, room_id: RoomId, user: &User, number: u64) -> Marking {
    let marker = Marker { room_id, user_id: user.id, seq: seq(number), back: true };
    stores.read_states.mark(marker).await.expect("the store answers")
}

/// Reads the state of somebody who must be a member.
async fn read(stores: &Stores, room_id: RoomId, user: &User) -> ReadState {
    let found = stores.read_states.read_state(room_id, user.id).await.expect("it is read");
    found.expect("members have read states")
}
