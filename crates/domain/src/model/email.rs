//! An e-mail address, as far as it can be checked without sending anything.

use super::InvalidValue;

/// An optional e-mail address: one `@` with something on both sides, no spaces or control characters, at most
/// 254 bytes (RFC 5321, section 4.5.3.1.3). Whether it reaches anybody only a message could tell.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The most bytes.
    pub const MAX_BYTES: usize = 254;

    /// Checks an address; white space around it is dropped.
    ///
    /// # Errors
    /// [`InvalidValue`] if it is too long or not of the form `name@host`.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        const EXPECTED: InvalidValue = InvalidValue::Malformed { expected: "an e-mail address like name@host" };
        let text = text.trim();
        if text.len() > Self::MAX_BYTES {
            return Err(InvalidValue::TooLong { max: Self::MAX_BYTES, actual: text.len(), unit: "bytes" });
        }
        let (local, host) = text.split_once('@').ok_or(EXPECTED)?;
        let clean = !text.chars().any(|character| character.is_whitespace() || character.is_control());
        if local.is_empty() || host.is_empty() || host.contains('@') || !clean {
            return Err(EXPECTED);
        }
        Ok(Self(text.to_owned()))
    }

    /// Gives the address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
