//! What every `PasswordHasher` must do.

use std::sync::Arc;

use domain::port::PasswordHasher;

/// Makes one test per case of this port; the argument gives an `Arc` of it.
#[macro_export]
macro_rules! password_hasher_contract {
    ($make:expr) => {
        $crate::__contract! { async password_hasher, ::std::sync::Arc<dyn ::domain::port::PasswordHasher>, $make, [
            it_answers
        ] }
    };
}

pub async fn it_answers(port: &Arc<dyn PasswordHasher>) {
    let password = domain::model::Password::parse("correct horse").expect("valid");
    port.hash(&password).await.expect("it hashes");
}
