//! Whether this node should get traffic.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

type CheckFuture = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;
type Check = Box<dyn Fn() -> CheckFuture + Send + Sync>;

/// Whether this node should get traffic: a flag for draining and named checks. Clones share the flag. The
/// store is always checked and needs no check of its own here.
#[derive(Clone, Default)]
pub struct Readiness {
    draining: Arc<AtomicBool>,
    checks: Arc<Vec<(&'static str, Check)>>,
}

impl Readiness {
    /// Makes one that is ready and has no further checks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes one with further checks. Each is called for every question, should answer within a second, and
    /// says in a few words what is wrong; its words are logged, not sent.
    pub fn with_checks(checks: Vec<(&'static str, Check)>) -> Self {
        Self { draining: Arc::default(), checks: Arc::new(checks) }
    }

    /// Turns away new traffic for good.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// Tells whether the node is stopping.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    pub(crate) fn checks(&self) -> impl Iterator<Item = (&'static str, CheckFuture)> {
        self.checks.iter().map(|(name, check)| (*name, check()))
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readiness").field("draining", &self.is_draining()).finish_non_exhaustive()
    }
}
