//! R12: everybody comes back at once after a restart.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;
use protocol::GatewayFrame;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::context::Context;
use super::outcome::Outcome;
use super::stage::Stage;
use crate::client::{GatewaySocket, SocketOptions};
use crate::random::Random;

/// How long one may take to come back before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long everybody may take.
const LIMIT: Duration = Duration::from_secs(15);

pub(super) async fn run(context: &Context) -> Result<Outcome> {
    let mut random = context.random("herd");
    let sockets = context.size(300, 2_000);
    let mut stage = Stage::open(context, 20, 5).await?;
    let counts = Arc::new(Counts::default());
    let (restarted, restarts) = watch::channel(None);
    let mut herd = JoinSet::new();
    for number in 0..sockets {
        let animal = Animal {
            address: stage.crowd.address,
            token: stage.crowd.person(number).token(),
            counts: Arc::clone(&counts),
            restarts: restarts.clone(),
            random: random.fork(),
        };
        herd.spawn(animal.run());
    }
    let deadline = Instant::now() + PATIENCE;
    while counts.first.load(Ordering::Relaxed) < sockets as u64 && Instant::now() < deadline {
        sleep(Duration::from_millis(20)).await;
    }
    let connected = counts.first.load(Ordering::Relaxed);
    let ready_after = stage.kill_and_restart().await?;
    restarted.send_replace(Some(Instant::now()));
    let (mut back, mut slowest) = (0, Duration::ZERO);
    while let Some(took) = herd.join_next().await {
        if let Some(took) = took? {
            back += 1;
            slowest = slowest.max(took);
        }
    }
    let errors = counts.server_errors.load(Ordering::Relaxed);
    let mut outcome = Outcome::figures(format!(
        "{connected} sockets, ready again after {} ms, {back} synced within {} ms, {errors} answers of 5xx",
        ready_after.as_millis(),
        slowest.as_millis(),
    ));
    outcome.require(connected == sockets as u64 && back == sockets, || format!("{back} of {sockets} came back"));
    outcome.require(errors == 0, || format!("{errors} answers of 5xx"));
    outcome.require_within(slowest, LIMIT, "coming back");
    Ok(outcome)
}

#[derive(Debug, Default)]
struct Counts {
    /// How many were synced before the restart.
    first: AtomicU64,
    /// How many upgrades were answered with 5xx.
    server_errors: AtomicU64,
}

/// One of the herd.
struct Animal {
    address: SocketAddr,
    token: String,
    counts: Arc<Counts>,
    restarts: watch::Receiver<Option<Instant>>,
    random: Random,
}

impl Animal {
    /// Is there before the restart, notices it, and comes back; gives how long after the restart it was synced.
    async fn run(mut self) -> Option<Duration> {
        let mut socket = self.come().await?;
        self.counts.first.fetch_add(1, Ordering::Relaxed);
        while socket.next().await.is_ok() {}
        let _socket = self.come().await?;
        let at = Instant::now();
        let restarted = *self.restarts.wait_for(Option::is_some).await.ok()?;
        restarted.map(|restarted| at.saturating_duration_since(restarted))
    }

    /// Tries until it is synced, as a client does: with pauses that are random and grow.
    async fn come(&mut self) -> Option<GatewaySocket> {
        let begun = Instant::now();
        let mut pause = 100;
        while begun.elapsed() < PATIENCE {
            match timeout(PATIENCE, self.try_to_come()).await {
                Ok(Ok(socket)) => return Some(socket),
                Ok(Err(error)) if is_server_error(&error) => {
                    self.counts.server_errors.fetch_add(1, Ordering::Relaxed);
                }
                _ => {}
            }
            sleep(Duration::from_millis(self.random.below(pause))).await;
            pause = (pause * 2).min(3_000);
        }
        None
    }

    async fn try_to_come(&self) -> Result<GatewaySocket> {
        let mut socket = GatewaySocket::connect(self.address, &self.token, SocketOptions::default()).await?;
        socket.sync(None, &BTreeMap::new()).await?;
        while !matches!(socket.next().await?, GatewayFrame::Synced(_)) {}
        Ok(socket)
    }
}

fn is_server_error(error: &anyhow::Error) -> bool {
    use tokio_tungstenite::tungstenite::Error;
    matches!(error.downcast_ref(), Some(Error::Http(answer)) if answer.status().is_server_error())
}
