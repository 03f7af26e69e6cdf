//! How often a client may be refused before it is shown the door.

use std::time::{Duration, Instant};

/// How many refusals in a window are too many.
const TOO_MANY: u32 = 100;
/// The window.
const WINDOW: Duration = Duration::from_secs(60);

/// Counts refusals in windows of a minute.
#[derive(Debug, Default)]
pub(super) struct Strikes {
    since: Option<Instant>,
    count: u32,
}

impl Strikes {
    /// Counts one; answers whether there were too many.
    pub(super) fn add(&mut self, now: Instant) -> bool {
        if self.since.is_none_or(|since| now.duration_since(since) > WINDOW) {
            *self = Self { since: Some(now), count: 0 };
        }
        self.count += 1;
        self.count >= TOO_MANY
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
        assert!(!strikes.add(start + Duration::from_secs(61)));
    }
}
