//! Chance that repeats itself, so that a case that failed fails again.

/// A sequence of numbers that look random: SplitMix64 (Steele, Lea and Flood, «Fast splittable pseudorandom number
/// generators», 2014). No secret may come from it.
#[derive(Debug)]
pub(crate) struct SeededRandom {
    state: u64,
}

impl SeededRandom {
    /// Begins the sequence of that seed.
    pub(crate) const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Gives a number below the limit, which isn't zero.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % limit as u64).expect("it is below a number of that size")
    }

    /// Picks one of several things, of which there is at least one.
    pub(crate) fn pick<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_again_and_they_are_spread() {
        let numbers = |seed| {
            let mut random = SeededRandom::new(seed);
            (0..1000).map(|_| random.below(10)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(1), numbers(1));
        assert_ne!(numbers(1), numbers(2));
        for digit in 0..10 {
            let times = numbers(1).iter().filter(|number| **number == digit).count();
            assert!((50..200).contains(&times), "{digit} came {times} times in 1000");
        }
    }
}
