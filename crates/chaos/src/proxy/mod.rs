//! Proxies on loopback that stand between clients and a server and do what networks do, and worse.

mod accept;
mod filter;
mod frames;
mod rough;

pub use filter::{FilterProxy, Verdict};
pub use rough::{RoughProxy, Roughness};
