//! Random numbers that a printed seed brings back.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

/// A generator (SplitMix64, <https://prng.di.unimi.it/splitmix64.c>). Not for secrets.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Begins with a seed: the same seed gives the same numbers.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Gives a seed that nobody chose.
    pub fn fresh_seed() -> u64 {
        // The standard library seeds its hash maps from the operating system. 32 bits are easier to type again.
        RandomState::new().build_hasher().finish() >> 32
    }

    /// Gives a generator of its own to a part of the run, so that the parts don't disturb each other.
    pub fn fork(&mut self) -> Self {
        Self(self.next())
    }

    /// Gives the next number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Gives a number below `bound`; 0 for a bound of 0.
    pub const fn below(&mut self, bound: u64) -> u64 {
        // The bias of a remainder is far below anything that matters here.
        self.next() % if bound == 0 { 1 } else { bound }
    }

    /// Gives a place in a list of that length; 0 for an empty one.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or_default()
    }

    /// Tells whether something happens that happens that often in a hundred.
    pub const fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// Gives a name for the intent to send one message, beginning with `prefix`, with 96 random bits.
    pub fn nonce(&mut self, prefix: &str) -> String {
        format!("{prefix}-{:016x}{:08x}", self.next(), self.next() >> 32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let (mut one, mut other) = (Random::new(7), Random::new(7));
        assert!((0..100).all(|_| one.next() == other.next()));
        assert_ne!(one.fork().next(), one.next());
    }

    #[test]
    fn numbers_stay_below_their_bound_and_reach_everything_below_it() {
        let mut random = Random::new(1);
        let seen: std::collections::BTreeSet<u64> = (0..1000).map(|_| random.below(6)).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
        assert_eq!(random.below(0), 0);
    }
}
