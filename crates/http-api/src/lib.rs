//! The HTTP and WebSocket adapter: routes, problem documents, the seed's API, the web app's files.
//!
//! The composition root makes an [`App`] and calls [`serve`]; everything else is private.

mod app;
mod edge;
mod options;
mod readiness;
mod serve;
mod set_up_token;

pub use app::App;
pub use edge::{ParseTrustedProxyError, TrustedProxy};
pub use options::{DemoAccount, HttpOptions, Limits, Timings};
pub use readiness::Readiness;
pub use serve::serve;
pub use set_up_token::SetUpToken;

/// Gives the OpenAPI 3.1 document as JSON.
pub fn openapi_json() -> String {
    String::new()
}
