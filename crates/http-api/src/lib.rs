//! The HTTP and WebSocket adapter: routes, problem documents, the seed's API, the web app's files.
//!
//! The composition root makes an [`App`] and calls [`serve`]; everything else is private.

mod answer;
mod app;
mod asyncapi;
mod edge;
mod extract;
mod gateway;
mod limits;
mod me;
mod openapi;
mod ops;
mod options;
mod problem;
mod rate_limit;
mod readiness;
mod router;
mod seed;
mod serve;
mod set_up_token;
mod sign_in;
mod socket;
mod state;
mod v1;
mod web;

pub use app::App;
pub use edge::{ParseTrustedProxyError, TrustedProxy};
pub use options::{DemoAccount, HttpOptions, Limits, Timings};
pub use readiness::Readiness;
pub use serve::serve;
pub use set_up_token::SetUpToken;

/// Gives the OpenAPI 3.1 document as JSON.
pub fn openapi_json() -> String {
    router::openapi_text(env!("CARGO_PKG_VERSION"))
}

/// Gives the AsyncAPI 3.0 document as JSON.
pub fn asyncapi_json() -> String {
    asyncapi::document(env!("CARGO_PKG_VERSION"))
}
