//! The suite catches stores that break their promises: each named case fails against the store with that fault.

use std::future::Future;
use std::sync::Arc;

use infra_memory::{LocalBroadcaster, MemoryStore};
use testkit::misbehaving::{
    BroadcasterFault, MembershipFault, MessageFault, MisbehavingBroadcaster, MisbehavingMemberships,
    MisbehavingMessages, MisbehavingRooms, MisbehavingSessions, MisbehavingUsers, RoomFault, SessionFault, UserFault,
};
use testkit::{Broadcasters, Stores, cases};
use tokio::task::JoinSet;

fn honest() -> Stores {
    let store = MemoryStore::new();
    Stores {
        users: store.users(),
        sessions: store.sessions(),
        rooms: store.rooms(),
        memberships: store.memberships(),
        messages: store.messages(),
        read_states: store.read_states(),
        threads: store.threads(),
        presences: store.presences(),
        tickets: store.tickets(),
        dataset: store.dataset(),
        guard: Box::new(()),
    }
}

fn with_users(fault: UserFault) -> Stores {
    let honest = honest();
    Stores { users: Arc::new(MisbehavingUsers::new(honest.users.clone(), fault)), ..honest }
}

fn with_sessions(fault: SessionFault) -> Stores {
    let honest = honest();
    Stores { sessions: Arc::new(MisbehavingSessions::new(honest.sessions.clone(), fault)), ..honest }
}

fn with_rooms(fault: RoomFault) -> Stores {
    let honest = honest();
    Stores { rooms: Arc::new(MisbehavingRooms::new(honest.rooms.clone(), fault)), ..honest }
}

fn with_memberships(fault: MembershipFault) -> Stores {
    let honest = honest();
    Stores { memberships: Arc::new(MisbehavingMemberships::new(honest.memberships.clone(), fault)), ..honest }
}

fn with_messages(fault: MessageFault) -> Stores {
    let honest = honest();
    Stores { messages: Arc::new(MisbehavingMessages::new(honest.messages.clone(), fault)), ..honest }
}

fn with_broadcaster(fault: BroadcasterFault) -> Broadcasters {
    let broadcaster = Arc::new(MisbehavingBroadcaster::new(Arc::new(LocalBroadcaster::new()), fault));
    Broadcasters { publisher: broadcaster.clone(), subscriber: broadcaster, guard: Box::new(()) }
}

async fn assert_fails(case: impl Future<Output = ()> + Send + 'static) {
    let mut task = JoinSet::new();
    task.spawn(case);
    let outcome = task.join_next().await.unwrap_or_else(|| unreachable!("there is a task"));
    assert!(outcome.is_err_and(|error| error.is_panic()), "the case should have failed and passed");
}

/// One test per fault: every case named for it fails against it.
macro_rules! caught {
    ($port:ident, $make:ident, $runtime:meta, $($test:ident: $fault:expr => $($case:ident)+;)+) => {
        mod $port {
            use super::*;

            $(
                #[$runtime]
                async fn $test() {
                    $(
                        assert_fails(async {
                            let subject = $make($fault);
                            cases::$port::$case(&subject).await;
                        }).await;
                    )+
                }
            )+
        }
    };
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
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn an_append_that_succeeds_after_leaving_was_confirmed_is_caught() {
        assert_fails(async {
            let stores = with_memberships(MembershipFault::ConfirmsLeavingTooEarly);
            cases::message_repository::once_leaving_is_confirmed_no_append_under_way_succeeds(&stores).await;
        })
        .await;
    }
}

caught! {
    user_repository, with_users, tokio::test(flavor = "multi_thread", worker_threads = 2),
    names_found_in_one_case_only_are_caught: UserFault::LooksNamesUpByCase =>
        a_name_is_found_in_any_case_and_keeps_its_spelling;
    several_first_accounts_are_caught: UserFault::MakesSeveralFirstAccounts => of_10_first_accounts_at_once_one_is_added;
    swallowed_refusals_are_caught: UserFault::SwallowsRefusals =>
        a_name_that_looks_like_a_taken_one_is_refused a_repeated_user_id_is_refused
        of_10_accounts_that_look_alike_at_once_one_is_added;
    an_inclusive_cursor_is_caught: UserFault::ListsTheCursorAgain =>
        accounts_are_listed_after_a_name_in_any_case_that_need_not_exist;
    lost_addresses_are_caught: UserFault::LosesAddresses => an_account_reads_back_equal;
}

caught! {
    session_repository, with_sessions, tokio::test(flavor = "multi_thread", worker_threads = 2),
    overlooked_reuse_is_caught: SessionFault::TakesReuseForUnknown =>
        a_token_used_again_ends_the_session a_token_used_several_exchanges_ago_ends_the_session_too
        of_two_exchanges_of_one_token_one_succeeds_and_the_session_ends;
    accepted_reuse_is_caught: SessionFault::RotatesTheOldTokenAgain =>
        a_token_used_again_ends_the_session of_two_exchanges_of_one_token_one_succeeds_and_the_session_ends;
    revoking_anybodys_session_is_caught: SessionFault::RevokesAnybodysSession =>
        a_session_of_another_user_is_not_revoked;
    stale_users_are_caught: SessionFault::RemembersUsersAsTheyWere => a_session_shows_its_user_as_they_are_now;
    revoking_the_session_to_be_kept_is_caught: SessionFault::SparesNoSession => revoking_all_but_one_keeps_that_one;
    the_wrong_order_is_caught: SessionFault::ListsOldestFirst => sessions_are_listed_newest_first_and_only_their_owners;
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
}

// Time is paused: waiting in vain for an event takes no time.
caught! {
    broadcaster, with_broadcaster, tokio::test(start_paused = true),
    lost_events_are_caught: BroadcasterFault::LosesEveryOtherEvent =>
        events_published_on_either_node_arrive_on_both every_subscriber_receives_every_event;
    loss_that_nobody_is_told_of_is_caught: BroadcasterFault::KeepsLossToItself =>
        a_subscriber_that_does_not_read_holds_up_nobody_and_learns_of_its_loss;
    a_node_that_does_not_hear_itself_is_caught: BroadcasterFault::ForgetsItsOwnSubscribers =>
        session_and_user_revocations_arrive_on_every_node;
    a_broadcaster_without_timelines_is_caught: BroadcasterFault::CarriesNoTimeline =>
        a_message_arrives_whole_on_every_node a_tombstone_arrives_whole_on_every_node;
    a_subscription_that_ends_is_caught: BroadcasterFault::EndsAfterOneEvent =>
        events_published_on_either_node_arrive_on_both;
}
