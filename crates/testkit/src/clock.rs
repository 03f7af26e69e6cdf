//! A clock that stands still until it is told otherwise.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::model::Timestamp;
use domain::port::Clock;

use crate::builders::BASE_TIME;

/// A clock that shows the time it was set to. Begins at [`BASE_TIME`].
#[derive(Debug)]
pub struct FixedClock {
    millis: AtomicI64,
}

impl FixedClock {
    /// Makes a clock that shows this time.
    pub const fn at(time: Timestamp) -> Self {
        Self { millis: AtomicI64::new(time.as_millis()) }
    }

    /// Sets the time, forwards or backwards.
    pub fn set(&self, time: Timestamp) {
        self.millis.store(time.as_millis(), Ordering::SeqCst);
    }

    /// Moves the time forward.
    pub fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
    }
}

impl Default for FixedClock {
    fn default() -> Self {
        Self::at(BASE_TIME)
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.millis.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_stands_still_until_it_is_set_or_moved() {
        let clock = FixedClock::default();
        assert_eq!((clock.now(), clock.now()), (BASE_TIME, BASE_TIME));
        clock.advance(Duration::from_millis(1500));
        assert_eq!(clock.now().since(BASE_TIME), Duration::from_millis(1500));
        clock.set(Timestamp::from_millis(-1));
        assert_eq!(clock.now().as_millis(), -1);
    }
}
