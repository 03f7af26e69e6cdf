//! What every `DatasetRepository` must do.

use crate::stores::Stores;

/// Makes one test per case of this port; the argument is awaited to give [`Stores`].
#[macro_export]
macro_rules! dataset_repository_contract {
    ($fresh:expr) => {
        $crate::__contract! { await dataset_repository, $crate::Stores, $fresh, [
            the_epoch_is_named_and_stays_the_same
            a_store_that_works_passes_its_check
        ] }
    };
}

pub async fn the_epoch_is_named_and_stays_the_same(stores: &Stores) {
    let epoch = stores.dataset.epoch().await.expect("it is read");
    assert!(!epoch.as_str().is_empty());
    let ann = stores.add_user("ann").await;
    let general = stores.add_room("general", &ann).await;
    stores.post(general.id, &ann, "Hello").await;
    assert_eq!(stores.dataset.epoch().await.expect("it is read"), epoch);
}

pub async fn a_store_that_works_passes_its_check(stores: &Stores) {
    for _ in 0..3 {
        stores.dataset.check().await.expect("it works");
    }
    assert!(!stores.users.any().await.expect("the store answers"), "a check leaves no trace");
}
