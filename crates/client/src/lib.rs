//! Typed REST calls and the seed's socket, for bots, tests and load generators.
//!
//! ```no_run
//! # async fn example() -> Result<(), client::ClientError> {
//! let api = client::Api::new("http://127.0.0.1:8000")?;
//! let session = api.log_in("testuser", "testpass123").await?;
//! let mut socket = client::SeedSocket::connect(api.url(), "general", session.token()).await?;
//! socket.send("Hello", None).await?;
//! println!("{:?}", socket.next().await?);
//! # Ok(())
//! # }
//! ```

mod api;
mod error;
mod seed_socket;
mod session;

pub use api::Api;
pub use error::ClientError;
pub use seed_socket::SeedSocket;
pub use session::ClientSession;
