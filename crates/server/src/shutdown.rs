//! Stopping: the first signal asks everybody to finish, the second doesn't.

use std::process;
use std::time::Duration;

use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long stopping may take in all before the process ends with exit code 1.
const DEADLINE: Duration = Duration::from_millis(9500);

/// Cancels the token that it gives on the first SIGTERM or SIGINT. From then on a second signal, or
/// [`DEADLINE`], ends the process at once.
///
/// # Errors
/// If the signals can't be listened to.
pub(crate) fn on_signals() -> anyhow::Result<CancellationToken> {
    let mut signals = Signals {
        terminate: signal(SignalKind::terminate()).context("SIGTERM can't be listened to")?,
        interrupt: signal(SignalKind::interrupt()).context("SIGINT can't be listened to")?,
    };
    let stop = CancellationToken::new();
    let cancelled = stop.clone();
    // A tracker of its own, which nobody waits for: the task only ends with the process.
    TaskTracker::new().spawn(async move {
        let first = signals.next().await;
        tracing::info!(signal = first, "stopping; a second signal ends at once");
        cancelled.cancel();
        tokio::select! {
            second = signals.next() => tracing::warn!(signal = second, "ended by a second signal"),
            () = tokio::time::sleep(DEADLINE) => tracing::error!("ended because stopping took too long"),
        }
        process::exit(1);
    });
    Ok(stop)
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
