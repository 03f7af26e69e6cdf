//! What every `Clock` must do.

use std::sync::Arc;

use domain::port::Clock;

/// Makes one test per case of this port; the argument gives an `Arc` of it.
#[macro_export]
macro_rules! clock_contract {
    ($make:expr) => {
        $crate::__contract! { sync clock, ::std::sync::Arc<dyn ::domain::port::Clock>, $make, [
            it_answers
        ] }
    };
}

pub fn it_answers(port: &Arc<dyn Clock>) {
    let _ = port.now();
}
