//! What every request goes through before and after its endpoint.

mod client_address;

pub use client_address::{ParseTrustedProxyError, TrustedProxy};
