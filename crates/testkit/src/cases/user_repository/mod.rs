//! What every `UserRepository` must do.

mod accounts;
mod changes;
mod list;
mod names;
mod privacy;

pub use self::accounts::*;
pub use self::changes::*;
pub use self::list::*;
pub use self::names::*;
pub use self::privacy::*;

/// Makes one test per case of this port; the argument is awaited to give [`Stores`](crate::Stores).
#[macro_export]
macro_rules! user_repository_contract {
    ($fresh:expr) => {
        $crate::__contract! { await user_repository, $crate::Stores, $fresh, [
            an_account_reads_back_equal
            an_account_without_an_address_reads_back_without_one
            account_times_are_kept_to_the_millisecond_also_before_1970
            who_never_was_is_not_found
            a_repeated_user_id_is_refused
            any_tells_whether_there_is_an_account
            the_first_account_is_added_only_to_an_empty_store
            after_an_ordinary_account_no_other_is_first
            of_10_first_accounts_at_once_one_is_added
            a_new_password_hash_replaces_the_old_one
            an_account_is_shut_and_opened_again
            changing_who_never_was_changes_nothing
            a_name_is_found_in_any_case_and_keeps_its_spelling
            a_name_is_looked_up_literally
            a_name_that_looks_like_a_taken_one_is_refused
            a_look_alike_does_not_find_the_account
            a_name_is_not_taken_by_a_refused_account
            of_10_accounts_that_look_alike_at_once_one_is_added
            accounts_are_listed_by_their_lower_case_names
            accounts_are_listed_after_a_name_in_any_case_that_need_not_exist
            paging_through_accounts_one_by_one_lists_everybody_once
            privacy_is_kept_and_read_back_everywhere
            an_account_is_made_with_its_privacy
            sessions_show_the_privacy_of_their_users_as_it_is_now
            the_privacy_of_nobody_is_not_changed
        ] }
    };
}
