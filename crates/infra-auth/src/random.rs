//! Random bytes from the operating system.

/// Gives random bytes that nobody can predict.
///
/// # Panics
/// If the system has no randomness to give. Linux always has once it has started; where it hasn't, no secret may
/// be made, and there is no weaker answer worth giving.
#[expect(clippy::expect_used, reason = "a guessable secret would be worse than a failed request")]
pub(crate) fn random_bytes<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0_u8; LENGTH];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        assert_ne!(random_bytes::<32>(), random_bytes::<32>());
    }
}
