//! What time it is.

use crate::model::Timestamp;

/// Tells the time of day. For timeouts use a monotonic clock instead; this one may jump.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Clock: Send + Sync {
    /// Gives the current time in whole milliseconds.
    fn now(&self) -> Timestamp;
}
