//! What every `SessionRepository` must do.

mod revocation;
mod rotation;
mod sessions;

pub use self::revocation::*;
pub use self::rotation::*;
pub use self::sessions::*;

use domain::model::TokenDigest;

/// A digest like no other's.
const fn digest(number: u8) -> TokenDigest {
    TokenDigest::from_bytes([number; 32])
}

/// Makes one test per case of this port; the argument is awaited to give [`Stores`](crate::Stores).
#[macro_export]
macro_rules! session_repository_contract {
    ($fresh:expr) => {
        $crate::__contract! { await session_repository, $crate::Stores, $fresh, [
            a_session_reads_back_equal_with_its_user
            session_times_and_devices_are_kept_at_their_extremes
            a_session_shows_its_user_as_they_are_now
            a_session_that_never_was_is_not_found
            a_repeated_session_id_is_refused
            a_session_of_nobody_is_refused
            sessions_are_listed_newest_first_and_only_their_owners
            a_refresh_token_is_exchanged_for_its_successor
            each_successor_is_exchanged_in_turn
            an_exchange_shows_the_user_as_they_are_now
            a_token_used_again_ends_the_session
            a_token_used_several_exchanges_ago_ends_the_session_too
            a_token_that_never_was_is_unknown
            the_token_of_an_expired_session_is_unknown
            an_exchange_moves_the_expiry
            the_token_of_a_revoked_session_is_unknown
            of_two_exchanges_of_one_token_one_succeeds_and_the_session_ends
            a_revoked_session_is_as_good_as_absent
            a_session_of_another_user_is_not_revoked
            of_10_revocations_at_once_one_ends_the_session
            revoking_all_ends_every_session_of_that_user_only
            revoking_all_but_one_keeps_that_one
        ] }
    };
}
