//! What every `MembershipRepository` must do.

mod find_named;
mod member_list;
mod membership;

pub use self::find_named::*;
pub use self::member_list::*;
pub use self::membership::*;

/// Makes one test per case of this port; the argument is awaited to give [`Stores`](crate::Stores).
#[macro_export]
macro_rules! membership_repository_contract {
    ($fresh:expr) => {
        $crate::__contract! { await membership_repository, $crate::Stores, $fresh, [
            joining_makes_a_member
            joining_again_keeps_role_and_time
            an_owner_who_joins_stays_owner
            of_10_joins_at_once_one_is_new
            leaving_ends_the_membership_once
            leaving_where_one_never_was_ends_nothing
            of_10_leaves_at_once_one_ends_the_membership
            joining_after_leaving_is_new_with_the_new_role
            joining_a_room_or_as_a_user_that_never_was_is_refused
            the_count_equals_the_list_after_many_joins_and_leaves_at_once
            members_are_listed_by_id_with_name_role_and_time
            paging_through_members_one_by_one_lists_everybody_once
            a_missing_room_has_no_members
            members_are_found_by_name_in_any_case_and_listed_by_id
            names_of_others_are_not_found_among_members
            fifty_names_are_looked_up_at_once
        ] }
    };
}
