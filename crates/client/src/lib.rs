//! A client for programs: typed REST calls, a gateway connection that loses nothing, and the seed's socket. Bots, tests
//! and load generators are built on it.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use client::{Api, Gateway, GatewayEvent, GatewayOptions};
//!
//! let session = Api::new("http://127.0.0.1:8000")?.log_in("testuser", "testpass123").await?;
//! let mut gateway = Gateway::start(session, GatewayOptions::default());
//! gateway.synced().await?;
//! gateway.handle().send("general", "Hello").await?;
//! while let GatewayEvent::Message(message) = gateway.next().await? {
//!     println!("{}: {:?}", message.username, message.content);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! | part | what for |
//! |---|---|
//! | [`Api`], [`ClientSession`] | typed REST; the access token is refreshed when it has to be |
//! | [`Gateway`], [`GatewayHandle`] | events in and commands out, whatever happens to connections |
//! | [`RoomFeed`] | every message of a room once and in order: what a bot reads |
//! | [`Replica`] | the copy of the user's rooms behind it: a state machine that can be used alone |
//! | [`GatewaySocket`], [`SeedSocket`] | bare connections |

mod api;
mod credentials;
mod error;
mod event;
mod feed;
mod gateway;
mod outbox;
mod random;
mod replica;
mod rest;
mod seed_socket;
mod session;

pub use api::Api;
pub use error::ClientError;
pub use event::GatewayEvent;
pub use feed::RoomFeed;
pub use gateway::{CommandError, Gateway, GatewayHandle, GatewayOptions, GatewaySocket, Sent, Stopped};
pub use outbox::OutgoingMessage;
pub use random::nonce;
pub use replica::{Effect, ReadPosition, Replica, RoomReplica};
pub use seed_socket::SeedSocket;
pub use session::ClientSession;
