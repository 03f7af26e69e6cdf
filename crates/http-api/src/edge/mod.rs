//! What every request goes through before and after its endpoint.

mod client_address;
mod cors;
mod headers;
mod origin;
mod request_id;
mod wrap;

pub(crate) use client_address::client_address;
pub use client_address::{ParseTrustedProxyError, TrustedProxy};
pub(crate) use cors::cors;
pub(crate) use origin::AllowedOrigins;
pub(crate) use request_id::RequestId;
pub(crate) use wrap::{Client, Peer, wrap};
