//! The secret of the set-up link.

use std::fmt;

use subtle::ConstantTimeEq;

/// The secret that proves that somebody read the server's own output. `Debug` hides it.
#[derive(Clone)]
pub struct SetUpToken(String);

impl SetUpToken {
    /// Wraps a secret; it should have at least 128 random bits.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// Tells whether the text is the secret, in a time that doesn't depend on where they differ.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.0.as_bytes().ct_eq(text.as_bytes()).into()
    }
}

impl fmt::Debug for SetUpToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SetUpToken(…)")
    }
}
