//! Rooms and memberships.

use std::sync::Arc;

use testkit::Stores;
use testkit::misbehaving::{MembershipFault, MisbehavingMemberships, MisbehavingRooms, RoomFault};

use crate::honest;

fn with_rooms(fault: RoomFault) -> Stores {
    let honest = honest();
    Stores { rooms: Arc::new(MisbehavingRooms::new(honest.rooms.clone(), fault)), ..honest }
}

fn with_memberships(fault: MembershipFault) -> Stores {
    let honest = honest();
    Stores { memberships: Arc::new(MisbehavingMemberships::new(honest.memberships.clone(), fault)), ..honest }
}

caught! {
    room_repository, with_rooms, tokio::test(flavor = "multi_thread", worker_threads = 2),
    queries_taken_for_patterns_are_caught: RoomFault::TakesQueriesForPatterns =>
        the_directory_takes_a_query_literally;
    the_wrong_order_is_caught: RoomFault::OrdersNamesByUtf16 => the_directory_is_in_the_order_of_code_points;
    lost_topics_are_caught: RoomFault::LosesTopics => a_room_is_found_by_id_and_by_name_and_reads_back_equal;
    swallowed_refusals_are_caught: RoomFault::SwallowsRefusals =>
        a_taken_room_name_is_refused_and_leaves_nothing_behind of_10_rooms_of_one_name_at_once_one_is_added;
    miscounted_members_are_caught: RoomFault::MiscountsMembers =>
        an_overview_has_the_head_and_the_number_of_members;
    unfilled_pages_are_caught: RoomFault::FiltersAfterPaging => the_directory_is_paged_by_name;
    an_ignored_cursor_is_caught: RoomFault::IgnoresTheCursor => a_users_rooms_are_paged_by_id;
    lost_edit_windows_are_caught: RoomFault::LosesEditWindows => an_edit_window_is_set_and_taken_away;
    remembered_edit_windows_are_caught: RoomFault::RemembersEditWindows => an_edit_window_is_set_and_taken_away;
}

caught! {
    membership_repository, with_memberships, tokio::test(flavor = "multi_thread", worker_threads = 2),
    reset_roles_are_caught: MembershipFault::ResetsTheRoleOfWhoJoinsAgain =>
        joining_again_keeps_role_and_time an_owner_who_joins_stays_owner;
    joins_that_are_always_new_are_caught: MembershipFault::CallsEveryJoinNew => of_10_joins_at_once_one_is_new;
    leaves_that_always_succeed_are_caught: MembershipFault::SaysThatEverybodyLeft =>
        leaving_ends_the_membership_once of_10_leaves_at_once_one_ends_the_membership;
    leaves_without_effect_are_caught: MembershipFault::LetsNobodyLeave => leaving_ends_the_membership_once;
    ghosts_are_caught: MembershipFault::AdmitsGhosts => joining_a_room_or_as_a_user_that_never_was_is_refused;
    the_wrong_order_is_caught: MembershipFault::ListsByName => members_are_listed_by_id_with_name_role_and_time;
    names_found_in_one_case_only_are_caught: MembershipFault::FindsNamesByCase =>
        members_are_found_by_name_in_any_case_and_listed_by_id fifty_names_are_looked_up_at_once;
    members_found_twice_are_caught: MembershipFault::FindsSomeTwice =>
        members_are_found_by_name_in_any_case_and_listed_by_id;
    names_of_those_who_left_are_caught: MembershipFault::FindsThoseWhoLeft =>
        names_of_others_are_not_found_among_members;
}

mod overviews {
    use testkit::cases;

    use super::*;
    use crate::assert_fails;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn overviews_without_read_states_are_caught() {
        assert_fails(|| async {
            let stores = with_rooms(RoomFault::ShowsReadStatesToNobody);
            let case = cases::read_state_repository::lists_of_rooms_show_the_same_to_members_and_nothing_to_others;
            case(&stores).await;
        })
        .await;
    }
}
