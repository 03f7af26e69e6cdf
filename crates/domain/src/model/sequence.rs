//! The numbers of a room's timeline.

use std::fmt;

use super::InvalidValue;

macro_rules! sequence {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(u64);

        impl $name {
            /// Before the first: the head of a room in which nothing happened yet.
            pub const ZERO: Self = Self(0);

            /// The largest number a store can hold.
            pub const MAX: Self = Self(i64::MAX as u64);

            /// Wraps a number.
            ///
            /// # Errors
            /// [`InvalidValue::Malformed`] beyond [`Self::MAX`], which no store can hold.
            pub const fn new(number: u64) -> Result<Self, InvalidValue> {
                if number > Self::MAX.0 {
                    return Err(InvalidValue::Malformed { expected: "a number below 2^63" });
                }
                Ok(Self(number))
            }

            /// Gives the number.
            pub const fn get(self) -> u64 {
                self.0
            }

            /// Gives the number as stores keep it.
            pub const fn to_i64(self) -> i64 {
                self.0.cast_signed()
            }

            /// Reads a stored number; nothing for a negative one, which no store writes.
            pub fn from_i64(number: i64) -> Option<Self> {
                u64::try_from(number).ok().map(Self)
            }

            /// Gives the following number.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0 + 1)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    )+};
}

sequence! {
    /// The place of a message in its room: 1, 2, 3, … without gaps. A deleted message keeps its number. It is
    /// the order, the paging cursor and the read position.
    RoomSeq
    /// The number of a change to a room's timeline: 1, 2, 3, … each used once. A stored message carries the
    /// number of its latest change, so «what did I miss» is «everything with a greater number».
    RoomRev
}

/// Names one data set. A restore replaces it, so that cursors from before the restore are recognised.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Epoch(String);

impl Epoch {
    /// Wraps the stored name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Gives the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
