//! Chance, as the operating system seeds it.

use std::hash::{BuildHasher, RandomState};

/// The digits of base64url (RFC 4648, section 5).
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// How many of them hold 128 bits.
const NONCE_LENGTH: usize = 22;

/// Gives 64 random bits: SipHash under a key that the standard library takes from the operating system. Good for names
/// that must not collide and for spreading load, not for secrets.
pub(crate) fn random() -> u64 {
    RandomState::new().hash_one(0_u8)
}

/// Makes a name for the intent to send a message: 22 characters that hold 128 random bits.
pub fn nonce() -> String {
    let mut bits = u128::from(random()) << 64 | u128::from(random());
    let mut nonce = String::with_capacity(NONCE_LENGTH);
    for _ in 0..NONCE_LENGTH {
        nonce.push(char::from(DIGITS[bits.to_le_bytes()[0] as usize % DIGITS.len()]));
        bits >>= 6;
    }
    nonce
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn nonces_are_well_formed_and_all_different() {
        let nonces: HashSet<String> = (0..10_000).map(|_| nonce()).collect();
        assert_eq!(nonces.len(), 10_000);
        let fine = |nonce: &String| nonce.len() == 22 && nonce.bytes().all(|byte| DIGITS.contains(&byte));
        assert!(nonces.iter().all(fine));
    }
}
