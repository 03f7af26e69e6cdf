//! The versions of a message's text.

use super::{InvalidValue, MessageBody, Timestamp};

/// Counts the texts a message has had: 1 as posted, one more with each edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u32);

impl Version {
    /// As posted.
    pub const FIRST: Self = Self(1);
    /// The most versions of one message: further edits are refused, because all of them are kept.
    pub const MAX: Self = Self(100);

    /// Wraps a number.
    ///
    /// # Errors
    /// [`InvalidValue::Malformed`] below 1 or beyond [`Self::MAX`].
    pub fn new(number: u64) -> Result<Self, InvalidValue> {
        let number = u32::try_from(number).ok().map(Self);
        let valid = number.filter(|version| (Self::FIRST..=Self::MAX).contains(version));
        valid.ok_or(InvalidValue::Malformed { expected: "a version from 1 to 100" })
    }

    /// Gives the number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Gives the following version; nothing after the last.
    pub fn next(self) -> Option<Self> {
        (self < Self::MAX).then(|| Self(self.0 + 1))
    }
}

/// One of the texts a message has had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageVersion {
    /// Which.
    pub version: Version,
    /// The text.
    pub body: MessageBody,
    /// Since when it was the message's text.
    pub since: Timestamp,
}
