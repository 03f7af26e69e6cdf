//! What every `SecretGenerator` must do.

use std::sync::Arc;

use domain::port::SecretGenerator;

/// Makes one test per case of this port; the argument gives an `Arc` of it.
#[macro_export]
macro_rules! secret_generator_contract {
    ($make:expr) => {
        $crate::__contract! { sync secret_generator, ::std::sync::Arc<dyn ::domain::port::SecretGenerator>, $make, [
            it_answers
        ] }
    };
}

pub fn it_answers(port: &Arc<dyn SecretGenerator>) {
    assert_ne!(port.refresh_token(), port.refresh_token());
}
