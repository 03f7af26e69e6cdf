//! The key that access tokens are signed with.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::random::random_bytes;

/// Says that a text isn't a signing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a signing key is 32 bytes in base64url without padding (43 characters)")]
pub struct SigningKeyError;

/// A secret of 256 bits. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey([u8; Self::BYTES]);

impl SigningKey {
    /// The number of bytes: as long as the output of the algorithm, which is the least RFC 7518, section 3.2,
    /// allows.
    pub const BYTES: usize = 32;

    /// Makes a new key.
    ///
    /// # Panics
    /// If the operating system gives no random bytes.
    pub fn generate() -> Self {
        Self(random_bytes())
    }

    /// Wraps 32 bytes from a cryptographic source of randomness.
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// Reveals the key as base64url without padding, to be written to the file of secrets.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Names the key without telling it, 16 characters: the `kid` of the tokens it signs.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::new().chain_update(b"chinwag access token key\0").chain_update(self.0).finalize();
        URL_SAFE_NO_PAD.encode(&digest[..12])
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

impl FromStr for SigningKey {
    type Err = SigningKeyError;

    fn from_str(text: &str) -> Result<Self, SigningKeyError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| SigningKeyError)?;
        bytes.try_into().map(Self).map_err(|_| SigningKeyError)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_from_its_text() {
        let key = SigningKey::generate();
        assert_eq!(key.reveal().parse(), Ok(key.clone()));
        assert_eq!(key.reveal().len(), 43);
    }

    #[test]
    fn other_texts_are_not_keys() {
        let key = SigningKey::from_bytes([255; 32]).reveal();
        let short = URL_SAFE_NO_PAD.encode([1; 31]);
        let long = URL_SAFE_NO_PAD.encode([1; 33]);
        for text in ["", "secret", &short, &long, &format!("{key}="), &format!(" {key}"), &key.replace('_', "/")] {
            assert_eq!(text.parse::<SigningKey>(), Err(SigningKeyError), "{text}");
        }
    }

    #[test]
    fn neither_debug_nor_the_fingerprint_tells_the_key() {
        let key = SigningKey::generate();
        assert_eq!(format!("{key:?}"), "SigningKey(…)");
        assert_eq!(key.fingerprint(), key.fingerprint());
        assert_ne!(key.fingerprint(), SigningKey::generate().fingerprint());
        assert!(!key.reveal().contains(&key.fingerprint()));
    }
}
