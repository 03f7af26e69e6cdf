//! Start-up, idle memory, and memory of idle sockets.

use std::time::Duration;

use anyhow::{Context, Result};
use chaos::process::{Place, ServerProcess};
use clap::Args;
use client::{Api, SeedSocket};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// How to measure sockets.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Idle sockets in one room.
    #[arg(long, default_value_t = 5000)]
    connections: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { connections: 5000 }
    }
}

/// Measures and prints.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let place = Place::new("sqlite")?;
    let server = ServerProcess::start(&place).await?;
    sleep(Duration::from_secs(1)).await;
    let idle = server.usage()?.resident;
    println!("start: ready after {} ms, {:.1} MiB resident when idle", server.ready_after.as_millis(), mebibytes(idle));
    let sockets = connect(&server, options.connections).await?;
    // Coming and going is told with a short delay; what was queued for it shall be gone.
    sleep(Duration::from_secs(3)).await;
    let full = server.usage()?.resident;
    let each = full.saturating_sub(idle) / u64::try_from(sockets.len())?;
    println!(
        "idle seed sockets: {} connected, {:.1} MiB resident, {:.2} KiB each",
        sockets.len(),
        mebibytes(full),
        mebibytes(each) * 1024.0
    );
    Ok(())
}

/// Connects that many sockets of the demo user to `general`, some at a time.
pub(crate) async fn connect(server: &ServerProcess, count: usize) -> Result<Vec<SeedSocket>> {
    let api = Api::new(&server.url)?;
    let session = api.log_in("testuser", "testpass123").await.context("the demo user can't sign in")?;
    let mut sockets = Vec::with_capacity(count);
    while sockets.len() < count {
        let mut opening = JoinSet::new();
        for _ in 0..(count - sockets.len()).min(50) {
            let (url, token) = (server.url.clone(), session.token());
            opening.spawn(async move { SeedSocket::connect(&url, "general", &token).await });
        }
        while let Some(opened) = opening.join_next().await {
            sockets.push(opened??);
        }
    }
    Ok(sockets)
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}
