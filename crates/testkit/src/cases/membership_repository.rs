//! What every `MembershipRepository` must do.

use crate::stores::Stores;

/// Makes one test per case of this port; the argument is awaited to give [`Stores`].
#[macro_export]
macro_rules! membership_repository_contract {
    ($fresh:expr) => {
        $crate::__contract! { await membership_repository, $crate::Stores, $fresh, [
            a_fresh_store_answers
        ] }
    };
}

pub async fn a_fresh_store_answers(stores: &Stores) {
    stores.dataset.check().await.expect("a fresh store answers");
}
