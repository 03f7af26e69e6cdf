//! Passwords and their hashes; neither shows itself in a log.

use std::fmt;

use super::InvalidValue;

/// A password as typed, 8–1,024 bytes. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// The fewest bytes.
    pub const MIN_BYTES: usize = 8;
    /// The most bytes; more would only make hashing slower.
    pub const MAX_BYTES: usize = 1024;

    /// Checks a new password.
    ///
    /// # Errors
    /// [`InvalidValue`] for a wrong length.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidValue> {
        let text = text.into();
        if text.len() < Self::MIN_BYTES {
            return Err(InvalidValue::TooShort { min: Self::MIN_BYTES, actual: text.len(), unit: "bytes" });
        }
        if text.len() > Self::MAX_BYTES {
            return Err(InvalidValue::TooLong { max: Self::MAX_BYTES, actual: text.len(), unit: "bytes" });
        }
        Ok(Self(text))
    }

    /// Takes whatever was typed at log-in, cut after [`Self::MAX_BYTES`] bytes: a wrong length is just a wrong
    /// password, and must not be answered otherwise.
    pub fn attempt(text: &str) -> Self {
        let mut end = text.len().min(Self::MAX_BYTES + 1);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        Self(text[..end].to_owned())
    }

    /// Gives the bytes to hash.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A stored password hash in PHC string format. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps a hash that a [`crate::port::PasswordHasher`] made.
    pub fn new(phc: impl Into<String>) -> Self {
        Self(phc.into())
    }

    /// Gives the PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}
