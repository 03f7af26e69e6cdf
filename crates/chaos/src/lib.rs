//! Breaks servers, connections and stores under load, and checks that nothing is lost, doubled or out of order.
//!
//! A [`scenario`] lets [`client`]s talk and watch while something breaks: a [`process`], or a connection through a
//! [`proxy`]. They write down what they did and saw ([`history`]); afterwards the [`checker`] holds it against what is
//! stored. Everything random comes from a seed ([`random`]), which is printed.

#[cfg(test)]
mod builders;
pub mod checker;
pub mod client;
pub mod history;
pub mod process;
pub mod proxy;
pub mod random;
pub mod scenario;
