//! What the system tests share: the real binary, places for its data, and clients that speak as the outside
//! world does, without any code of the server's.

#![allow(dead_code, reason = "each test program uses a part of it")]

pub(crate) mod client;
pub(crate) mod command;
pub(crate) mod mongodb;
pub(crate) mod place;
pub(crate) mod server;
