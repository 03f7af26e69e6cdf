//! The system's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use domain::model::Timestamp;
use domain::port::Clock;

/// Tells the time of the operating system. The one place that asks for it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is told to ask")]
        let now = SystemTime::now();
        Timestamp::from_millis(match now.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |millis| -millis),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_shows_this_century() {
        let year_2025 = 1_735_689_600_000;
        let year_2100 = 4_102_444_800_000;
        assert!((year_2025..year_2100).contains(&SystemClock.now().as_millis()));
    }
}
