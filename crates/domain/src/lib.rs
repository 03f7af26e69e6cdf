//! What Chinwag means: the model, the ports and the use cases.
//!
//! This crate has no I/O, no runtime and no serialisation. An application hands it implementations of the
//! traits in [`port`], collected in [`Ports`], and calls the functions in [`usecase`]. See
//! `crates/infra-memory/examples/embed.rs` for the smallest complete program.

mod authorize;
mod error;
pub mod model;
pub mod port;
mod ports;
pub mod usecase;

pub use authorize::{Action, Denied, authorize};
pub use error::{ErrorCode, ErrorKind, UseCaseError};
#[cfg(any(test, feature = "mocks"))]
pub use ports::MockPorts;
pub use ports::{Ports, SessionPolicy};
