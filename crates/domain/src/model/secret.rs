//! Bearer secrets; none shows itself in a log.

use std::fmt;

macro_rules! secret_text {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// Wraps the secret's text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// Reveals the text, for its one bearer.
            pub fn reveal(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}

secret_text! {
    /// A signed, short-lived token that names a user and a session.
    AccessToken
    /// An opaque token that is exchanged, once, for a new access token and its own successor.
    RefreshToken
    /// An opaque secret that opens one gateway connection, once.
    Ticket
}

/// The digest under which a secret of full entropy is stored: 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// Wraps a digest.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Gives the bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(…)")
    }
}
