//! Clients that keep a history.
//!
//! [`GatewaySocket`] speaks the protocol with nothing between, so that what the server does is judged and not what a
//! client library made of it.

mod chatter;
mod follower;
mod pipeline;
mod probe;
mod socket;
mod talker;
mod watcher;

pub use chatter::{Board, Chatter};
pub use follower::Follower;
pub use pipeline::pipeline;
pub use probe::{Latencies, Probe};
pub use socket::{GatewaySocket, SocketOptions};
pub use talker::{Line, Talker};
pub use watcher::{Goal, SMALLEST_BUFFER, Watcher};
