//! How often something may happen in a minute.

use std::time::{Duration, Instant};

/// The window.
const WINDOW: Duration = Duration::from_secs(60);

/// Counts refusals; a hundred in a minute are too many.
pub(super) type Strikes = PerMinute<100>;

/// Counts in windows of a minute, up to a number that is too many.
#[derive(Debug, Default)]
pub(crate) struct PerMinute<const TOO_MANY: u32> {
    since: Option<Instant>,
    count: u32,
}

impl<const TOO_MANY: u32> PerMinute<TOO_MANY> {
    /// Counts one; answers whether there were too many.
    pub(crate) fn add(&mut self, now: Instant) -> bool {
        if self.since.is_none_or(|since| now.duration_since(since) > WINDOW) {
            *self = Self { since: Some(now), count: 0 };
        }
        self.count = self.count.saturating_add(1);
        self.count >= TOO_MANY
    }

    /// Tells when the window is over.
    pub(crate) fn wait(&self, now: Instant) -> Duration {
        self.since.map_or(Duration::ZERO, |since| WINDOW.saturating_sub(now.duration_since(since)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_in_a_minute_are_too_many() {
        let start = Instant::now();
        let mut strikes = Strikes::default();
        assert!((0..99).all(|_| !strikes.add(start)));
        assert!(strikes.add(start));
        assert_eq!(strikes.wait(start + Duration::from_secs(20)), Duration::from_secs(40));
        assert!(!strikes.add(start + Duration::from_secs(61)));
    }
}
