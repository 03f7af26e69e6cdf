//! What every `RoomRepository` must do.

mod access;
mod directory;
mod edit_window;
mod list_of;
mod rooms;

pub use self::access::*;
pub use self::directory::*;
pub use self::edit_window::*;
pub use self::list_of::*;
pub use self::rooms::*;

/// Makes one test per case of this port; the argument is awaited to give [`Stores`](crate::Stores).
#[macro_export]
macro_rules! room_repository_contract {
    ($fresh:expr) => {
        $crate::__contract! { await room_repository, $crate::Stores, $fresh, [
            a_room_is_found_by_id_and_by_name_and_reads_back_equal
            an_archived_room_reads_back_archived
            a_new_room_has_its_owner_as_only_member
            a_room_that_never_was_is_not_found
            a_taken_room_name_is_refused_and_leaves_nothing_behind
            a_repeated_room_id_is_refused_and_leaves_nothing_behind
            rooms_without_names_do_not_collide
            of_10_rooms_of_one_name_at_once_one_is_added
            access_has_the_room_and_the_membership_of_a_member
            access_of_an_outsider_has_the_room_alone
            access_follows_joining_and_leaving
            an_overview_has_the_head_and_the_number_of_members
            the_directory_is_in_the_order_of_code_points
            the_directory_hides_closed_and_archived_rooms_even_from_members
            the_directory_finds_a_part_of_a_name_in_any_case
            the_directory_takes_a_query_literally
            the_directory_is_paged_by_name
            the_directory_fills_its_pages
            the_directory_shows_rooms_as_overviews_do
            a_users_rooms_are_listed_by_id_whatever_their_kind
            a_users_rooms_are_paged_by_id
            a_users_rooms_follow_joining_and_leaving
            a_users_rooms_are_listed_as_overviews_show_them
            an_edit_window_is_set_and_taken_away
            a_room_is_made_with_its_edit_window
            the_edit_window_of_a_missing_room_is_not_set
        ] }
    };
}
