//! What every `Broadcaster` must do.

use crate::broadcasters::Broadcasters;

/// Makes one test per case of this port; the argument is awaited to give [`Broadcasters`].
#[macro_export]
macro_rules! broadcaster_contract {
    ($fresh:expr) => {
        $crate::__contract! { await broadcaster, $crate::Broadcasters, $fresh, [
            publishing_without_a_subscriber_is_fine
        ] }
    };
}

pub async fn publishing_without_a_subscriber_is_fine(ends: &Broadcasters) {
    let _ = &ends.publisher;
}
