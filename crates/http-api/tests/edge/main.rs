//! The router on a store in memory, through real loopback sockets.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what helpers of a test can't do fails the test")]

mod asyncapi;
mod authorization;
mod bad_input;
mod browsers;
mod client_calls;
mod client_gateway;
mod conversations;
mod gateway_auth;
mod gateway_bad_input;
mod gateway_client;
mod gateway_commands;
mod gateway_floods;
mod gateway_life;
mod limits;
mod messages;
mod openapi;
mod operation;
mod raw;
mod rooms;
mod schema;
mod seed_walk;
mod server;
mod sessions;
mod set_up;
mod socket_frames;
mod socket_life;
mod stop;
