//! How the writer is doing: what it counts, and whether it has failed for good.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use domain::port::{Cause, RepositoryError};
use tokio::sync::watch;

/// What the writer has done since the store was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Writes that were answered after a successful commit, whatever the answer was.
    pub writes: u64,
    /// Transactions that were committed; each carried one or more writes.
    pub commits: u64,
    /// Transactions that were lost, with all their writes refused.
    pub failures: u64,
}

/// Shared between the writer's thread and whoever asks.
#[derive(Debug)]
pub(crate) struct Health {
    writes: AtomicU64,
    commits: AtomicU64,
    failures: AtomicU64,
    /// Whether the last transaction was lost.
    ailing: AtomicBool,
    /// Why nothing is written any more.
    failed: watch::Sender<Option<&'static str>>,
}

impl Health {
    pub(crate) fn new() -> Self {
        Self {
            writes: AtomicU64::new(0),
            commits: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            ailing: AtomicBool::new(false),
            failed: watch::Sender::new(None),
        }
    }

    /// Counts a transaction with that many writes.
    pub(crate) fn note(&self, writes: usize, outcome: Result<(), &RepositoryError>) {
        match outcome {
            Ok(()) => {
                self.writes.fetch_add(u64::try_from(writes).unwrap_or(u64::MAX), Ordering::Relaxed);
                self.commits.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => {
                tracing::error!(writes, %error, "a transaction was lost and its writes refused");
                self.failures.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.ailing.store(outcome.is_err(), Ordering::Relaxed);
    }

    /// Tells whether the last transaction was lost, so that only a real write can tell how things are.
    pub(crate) fn is_ailing(&self) -> bool {
        self.ailing.load(Ordering::Relaxed)
    }

    /// Ends all writing until the process is started anew.
    pub(crate) fn fail(&self, why: &'static str) {
        tracing::error!(why, "the store has stopped writing");
        self.failed.send_replace(Some(why));
    }

    /// Gives the error for every write once the writer has failed.
    pub(crate) fn failure(&self) -> Option<RepositoryError> {
        let why = *self.failed.borrow();
        why.map(|why| RepositoryError::Unavailable(Cause::new(why)))
    }

    /// Waits until the writer fails, which may be never, and says why.
    pub(crate) async fn failed(&self) -> &'static str {
        let mut failed = self.failed.subscribe();
        let why = failed.wait_for(Option::is_some).await.ok().and_then(|why| *why);
        match why {
            Some(why) => why,
            // Only without a sender, which is kept here.
            None => std::future::pending().await,
        }
    }

    pub(crate) fn statistics(&self) -> Statistics {
        Statistics {
            writes: self.writes.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
            failures: self.failures.load(Ordering::Relaxed),
        }
    }
}
