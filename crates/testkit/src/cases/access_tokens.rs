//! What every `AccessTokens` must do.

use std::sync::Arc;

use domain::port::AccessTokens;

/// Makes one test per case of this port; the argument gives an `Arc` of it.
#[macro_export]
macro_rules! access_tokens_contract {
    ($make:expr) => {
        $crate::__contract! { sync access_tokens, ::std::sync::Arc<dyn ::domain::port::AccessTokens>, $make, [
            it_answers
        ] }
    };
}

pub fn it_answers(port: &Arc<dyn AccessTokens>) {
    let garbage = domain::model::AccessToken::new("garbage");
    assert!(port.verify(&garbage, crate::BASE_TIME).is_err());
}
