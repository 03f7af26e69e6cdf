//! How dear a password hash is, and how many are made at once.

use std::ops::RangeInclusive;
use std::thread::available_parallelism;

use argon2::Params;
use thiserror::Error;

/// Says that an option is out of bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("argon2 {option} must be {min} to {max}, not {actual}")]
pub struct Argon2OptionsError {
    /// Which option.
    pub option: &'static str,
    /// The least allowed.
    pub min: u64,
    /// The most allowed.
    pub max: u64,
    /// What was given.
    pub actual: u64,
}

/// The cost of a password hash, and the bounds of the pool that computes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argon2Options {
    /// Memory per hash in KiB, 8 × `lanes` to 1,048,576.
    pub memory_kib: u32,
    /// Passes over that memory, 1–100.
    pub passes: u32,
    /// Lanes, 1–16. They are computed one after the other, so more than one only helps an attacker.
    pub lanes: u32,
    /// How many hashes are computed at once, each on a thread of its own, 1–256. Fewer than there are cores, so
    /// that a storm of log-ins leaves some to everybody else.
    pub workers: usize,
    /// How many more may wait, 1–10,000; whoever comes then is refused at once.
    pub queue: usize,
}

impl Default for Argon2Options {
    /// Gives 19 MiB, 2 passes and 1 lane, half of the cores, and room for 64 to wait.
    fn default() -> Self {
        Self {
            memory_kib: Self::RECOMMENDED_MEMORY_KIB,
            passes: Self::RECOMMENDED_PASSES,
            lanes: 1,
            workers: available_parallelism().map_or(1, |cores| cores.get() / 2).clamp(1, 256),
            queue: 64,
        }
    }
}

impl Argon2Options {
    /// The least memory that is recommended (OWASP Password Storage Cheat Sheet, argon2id).
    pub const RECOMMENDED_MEMORY_KIB: u32 = 19 * 1024;
    /// The fewest passes recommended with that memory.
    pub const RECOMMENDED_PASSES: u32 = 2;
    /// The most memory any hash may ask for, also a stored one.
    pub(crate) const MAX_MEMORY_KIB: u32 = 1024 * 1024;
    /// The most passes any hash may ask for.
    pub(crate) const MAX_PASSES: u32 = 100;
    /// The most lanes any hash may ask for.
    pub(crate) const MAX_LANES: u32 = 16;

    /// Tells whether a stolen hash would be cheaper to guess than is recommended; worth a warning at the start.
    pub const fn is_below_recommendation(&self) -> bool {
        self.memory_kib < Self::RECOMMENDED_MEMORY_KIB || self.passes < Self::RECOMMENDED_PASSES
    }

    /// Checks every bound.
    ///
    /// # Errors
    /// [`Argon2OptionsError`] for the first option out of bounds.
    pub fn validate(&self) -> Result<(), Argon2OptionsError> {
        let checked = |option, actual: u64, bounds: RangeInclusive<u64>| {
            if bounds.contains(&actual) {
                return Ok(());
            }
            Err(Argon2OptionsError { option, min: *bounds.start(), max: *bounds.end(), actual })
        };
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        checked("lanes", self.lanes.into(), 1..=Self::MAX_LANES.into())?;
        let least = u64::from(self.lanes) * u64::from(Params::MIN_M_COST);
        checked("memory_kib", self.memory_kib.into(), least..=Self::MAX_MEMORY_KIB.into())?;
        checked("passes", self.passes.into(), 1..=Self::MAX_PASSES.into())?;
        checked("workers", count(self.workers), 1..=256)?;
        checked("queue", count(self.queue), 1..=10_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid_and_as_recommended() {
        let options = Argon2Options::default();
        assert_eq!(options.validate(), Ok(()));
        assert!(!options.is_below_recommendation());
        assert_eq!((options.memory_kib, options.passes, options.lanes), (19_456, 2, 1));
    }

    #[test]
    fn less_memory_or_fewer_passes_are_below_the_recommendation() {
        assert!(Argon2Options { memory_kib: 19_455, ..Argon2Options::default() }.is_below_recommendation());
        assert!(Argon2Options { passes: 1, ..Argon2Options::default() }.is_below_recommendation());
    }

    #[test]
    fn an_option_out_of_bounds_is_named_with_its_bounds() {
        let fine = Argon2Options::default();
        for (options, option) in [
            (Argon2Options { memory_kib: 7, ..fine }, "memory_kib"),
            (Argon2Options { memory_kib: 15, lanes: 2, ..fine }, "memory_kib"),
            (Argon2Options { memory_kib: 1_048_577, ..fine }, "memory_kib"),
            (Argon2Options { passes: 0, ..fine }, "passes"),
            (Argon2Options { lanes: 0, ..fine }, "lanes"),
            (Argon2Options { lanes: 17, ..fine }, "lanes"),
            (Argon2Options { workers: 0, ..fine }, "workers"),
            (Argon2Options { queue: 0, ..fine }, "queue"),
        ] {
            assert_eq!(options.validate().unwrap_err().option, option);
        }
        let error = Argon2Options { passes: 0, ..fine }.validate().unwrap_err();
        assert_eq!(error.to_string(), "argon2 passes must be 1 to 100, not 0");
    }
}
