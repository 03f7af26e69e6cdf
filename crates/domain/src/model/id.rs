//! Identifiers: twelve bytes in the layout of a MongoDB ObjectId, written as 24 lower-case hex digits.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A time-ordered identifier of twelve bytes: four of seconds since 1970 (big endian), five that name the
/// process, three that count. Ordering by bytes is ordering by creation, to the second.
/// Layout: BSON specification, ObjectId.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; 12]);

/// Says that a text isn't an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an id is 24 lower-case hex digits")]
pub struct ParseIdError;

impl Id {
    /// Wraps twelve bytes.
    pub const fn from_bytes(bytes: [u8; 12]) -> Self {
        Self(bytes)
    }

    /// Gives the twelve bytes.
    pub const fn to_bytes(self) -> [u8; 12] {
        self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0_u8; 24];
        for (index, byte) in self.0.iter().enumerate() {
            text[index * 2] = DIGITS[usize::from(byte >> 4)];
            text[index * 2 + 1] = DIGITS[usize::from(byte & 15)];
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Id {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let digits = text.as_bytes();
        if digits.len() != 24 {
            return Err(ParseIdError);
        }
        let mut bytes = [0_u8; 12];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

fn nibble(digit: u8) -> Result<u8, ParseIdError> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(ParseIdError),
    }
}

macro_rules! typed_id {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Id);

        impl $name {
            /// Wraps an identifier that is known to name such a thing.
            pub const fn new(id: Id) -> Self {
                Self(id)
            }

            /// Gives the untyped identifier.
            pub const fn id(self) -> Id {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                text.parse().map(Self)
            }
        }
    )+};
}

typed_id! {
    /// Names a user.
    UserId
    /// Names a session, that is one log-in.
    SessionId
    /// Names a room.
    RoomId
    /// Names a message.
    MessageId
    /// Names a node, for as long as its process runs.
    NodeId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_text() {
        let id = Id::from_bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0xab, 0xff]);
        assert_eq!(id.to_string(), "00010203040506070809abff");
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn other_texts_are_not_ids() {
        for text in ["", "0", "00010203040506070809ABFF", "00010203040506070809abfg", "00010203040506070809abff0"] {
            assert_eq!(text.parse::<Id>(), Err(ParseIdError), "{text}");
        }
    }
}
