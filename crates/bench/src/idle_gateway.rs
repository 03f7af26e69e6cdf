//! Memory of idle connections of the gateway.

use std::time::Duration;

use anyhow::Result;
use chaos::process::{Place, ServerProcess};
use clap::Args;
use client::Api;
use tokio::time::sleep;

use crate::raw::RawSocket;

/// A password like another.
const PASSWORD: &str = "correct-horse-battery";

/// How to measure idle connections of the gateway.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Idle connections, all caught up with one room.
    #[arg(long, default_value_t = 5000)]
    connections: usize,
    /// Users they belong to.
    #[arg(long, default_value_t = 100)]
    users: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { connections: 5000, users: 100 }
    }
}

/// Measures and prints.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let place = Place::new("sqlite")?;
    let server = ServerProcess::start(&place).await?;
    let (api, address) = (Api::new(&server.url)?, server.address()?);
    let mut users = Vec::new();
    for number in 0..options.users.max(1) {
        let name = format!("reader-{number}");
        api.register(&name, PASSWORD).await?;
        let user = api.log_in(&name, PASSWORD).await?;
        user.join("general").await?;
        users.push(user);
    }
    sleep(Duration::from_secs(1)).await;
    let idle = server.usage()?.resident;
    let mut sockets = Vec::with_capacity(options.connections);
    for number in 0..options.connections {
        let mut socket = RawSocket::gateway(address, &users[number % users.len()].token())?;
        socket.sync()?;
        sockets.push(socket);
    }
    // Presence is told each second; what was queued for it shall be gone.
    sleep(Duration::from_secs(3)).await;
    let full = server.usage()?.resident;
    println!(
        "idle gateway connections: {} of {} users, {:.1} MiB resident, {:.2} KiB each",
        sockets.len(),
        users.len(),
        kibibytes(full) / 1024.0,
        kibibytes(full.saturating_sub(idle) / u64::try_from(sockets.len().max(1))?),
    );
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn kibibytes(bytes: u64) -> f64 {
    bytes as f64 / 1024.0
}
