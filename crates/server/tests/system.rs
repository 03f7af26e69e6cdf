//! The real binary, as its users and operators meet it. One program, so that it is linked once.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod support;

#[path = "system/admin.rs"]
mod admin;
#[path = "system/backup.rs"]
mod backup;
#[path = "system/bot.rs"]
mod bot;
#[path = "system/configuration.rs"]
mod configuration;
#[path = "system/gateway.rs"]
mod gateway;
#[path = "system/kill.rs"]
mod kill;
#[path = "system/start.rs"]
mod start;
#[path = "system/stop.rs"]
mod stop;
#[path = "system/walk.rs"]
mod walk;
