//! Accounts, log-ins and tickets.

use std::sync::Arc;

use testkit::Stores;
use testkit::misbehaving::{
    MisbehavingSessions, MisbehavingTickets, MisbehavingUsers, SessionFault, TicketFault, UserFault,
};

use crate::honest;

fn with_users(fault: UserFault) -> Stores {
    let honest = honest();
    Stores { users: Arc::new(MisbehavingUsers::new(honest.users.clone(), fault)), ..honest }
}

fn with_sessions(fault: SessionFault) -> Stores {
    let honest = honest();
    Stores { sessions: Arc::new(MisbehavingSessions::new(honest.sessions.clone(), fault)), ..honest }
}

fn with_tickets(fault: TicketFault) -> Stores {
    let honest = honest();
    Stores { tickets: Arc::new(MisbehavingTickets::new(honest.tickets.clone(), fault)), ..honest }
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
    lost_privacy_is_caught: UserFault::LosesPrivacy =>
        privacy_is_kept_and_read_back_everywhere sessions_show_the_privacy_of_their_users_as_it_is_now;
    confused_privacy_is_caught: UserFault::ConfusesReceiptsWithPresence => privacy_is_kept_and_read_back_everywhere;
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

mod privacy_of_sessions {
    use testkit::cases;

    use super::*;
    use crate::assert_fails;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_session_that_remembers_its_user_as_they_were_is_caught() {
        assert_fails(|| async {
            let stores = with_sessions(SessionFault::RemembersUsersAsTheyWere);
            cases::user_repository::sessions_show_the_privacy_of_their_users_as_it_is_now(&stores).await;
        })
        .await;
    }
}

caught! {
    ticket_repository, with_tickets, tokio::test(flavor = "multi_thread", worker_threads = 2),
    tickets_that_are_good_twice_are_caught: TicketFault::TakesTicketsTwice =>
        a_ticket_gives_its_session_once of_10_uses_of_a_ticket_at_once_one_gets_the_session;
    tickets_that_are_looked_up_before_they_are_removed_are_caught: TicketFault::TakesTicketsTwiceUnderLoad =>
        of_10_uses_of_a_ticket_at_once_one_gets_the_session;
    tickets_that_never_expire_are_caught: TicketFault::TakesExpiredTickets =>
        a_ticket_is_good_up_to_the_last_millisecond;
    tickets_that_are_good_a_millisecond_too_long_are_caught: TicketFault::TakesTicketsTooLong =>
        a_ticket_is_good_up_to_the_last_millisecond;
    tickets_that_replace_each_other_are_caught: TicketFault::KeepsOneTicketASession =>
        every_ticket_of_a_session_is_good_by_itself;
}
