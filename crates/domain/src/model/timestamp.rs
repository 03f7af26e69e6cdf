//! A point in time, in whole milliseconds, as both stores keep it.

use std::time::Duration;

/// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds. Whole milliseconds, because BSON keeps no
/// more: what is written reads back equal on every store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Wraps a number of milliseconds since 1970, negative before.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Gives the milliseconds since 1970.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Gives the time `after` later, at most the last one there is.
    #[must_use]
    pub fn plus(self, after: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(after.as_millis()).unwrap_or(i64::MAX)))
    }

    /// Tells how long ago `earlier` was; zero if it wasn't earlier.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}
