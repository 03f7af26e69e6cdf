//! Chance that repeats itself, so that a case that failed fails again.

use std::sync::Mutex;
use std::time::Duration;

/// A sequence of numbers that look random: SplitMix64 (Steele, Lea and Flood, «Fast splittable pseudorandom number
/// generators», 2014).
#[derive(Debug)]
pub(crate) struct Chance(Mutex<u64>);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }

    /// Gives a number below the limit.
    pub(crate) fn below(&self, limit: usize) -> usize {
        let mut state = self.0.lock().unwrap();
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % limit.max(1) as u64).unwrap()
    }

    /// Is true once in so many times.
    pub(crate) fn one_in(&self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Gives a duration of less than so many milliseconds.
    pub(crate) fn millis(&self, below: usize) -> Duration {
        Duration::from_millis(self.below(below) as u64)
    }
}
