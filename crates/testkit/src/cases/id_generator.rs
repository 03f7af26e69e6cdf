//! What every `IdGenerator` must do.

use std::sync::Arc;

use domain::port::IdGenerator;

/// Makes one test per case of this port; the argument gives an `Arc` of it.
#[macro_export]
macro_rules! id_generator_contract {
    ($make:expr) => {
        $crate::__contract! { sync id_generator, ::std::sync::Arc<dyn ::domain::port::IdGenerator>, $make, [
            it_answers
        ] }
    };
}

pub fn it_answers(port: &Arc<dyn IdGenerator>) {
    assert_ne!(port.generate(), port.generate());
}
