//! The contract of each port as test cases, a fixed clock, sequential ids and builders.
//!
//! An adapter shows that it keeps its port's promises with one line per port in `tests/contract.rs`:
//!
//! ```text
//! testkit::user_repository_contract!(fresh_store());
//! ```
//!
//! The argument is an expression that is evaluated anew for every case. For repositories it is awaited and gives
//! [`Stores`], empty and apart from every other case's; for the broadcaster it is awaited and gives
//! [`Broadcasters`]; for the ports of `infra-auth` it is not awaited and gives the port in an `Arc`. Each case
//! becomes one named test in a module named after the port, so names are the same for every adapter. Nothing is
//! optional.
//!
//! The suite is itself tested: `tests/` runs it against the wrappers in [`misbehaving`], each of which breaks one
//! promise, and expects it to fail.

#![expect(clippy::expect_used, reason = "a broken promise is meant to panic, with words that say which")]

mod broadcasters;
mod builders;
pub mod cases;
mod clock;
mod contract;
mod ids;
pub mod misbehaving;
mod random;
mod scene;
mod stores;
mod together;

pub use broadcasters::Broadcasters;
pub use builders::{
    BASE_TIME, a_membership, a_message, a_nonce, a_reply, a_room, a_session, a_thread_reply, a_user, an_edit, body,
    emoji, mentions_of, page_size, room_name, username,
};
pub use clock::FixedClock;
pub use ids::{SequentialIds, fresh_id};
pub use stores::Stores;
pub use together::together;
