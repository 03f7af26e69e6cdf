//! For how long messages of a room can be edited.

use std::time::Duration;

use super::{InvalidValue, Timestamp};

/// For how long after posting a message of a room can be edited by its author: whole seconds, 0 (never) to a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EditWindow(u32);

impl EditWindow {
    /// The most seconds.
    pub const MAX_SECONDS: u32 = 365 * 24 * 3600;

    /// Checks a number of seconds.
    ///
    /// # Errors
    /// [`InvalidValue::Malformed`] beyond [`Self::MAX_SECONDS`].
    pub fn from_seconds(seconds: u64) -> Result<Self, InvalidValue> {
        let seconds = u32::try_from(seconds).ok().filter(|seconds| *seconds <= Self::MAX_SECONDS);
        seconds.map(Self).ok_or(InvalidValue::Malformed { expected: "a number of seconds from 0 to 31536000" })
    }

    /// Gives the number of seconds.
    pub const fn seconds(self) -> u32 {
        self.0
    }

    /// Tells whether a message of that time can still be edited.
    pub fn is_open(self, created_at: Timestamp, now: Timestamp) -> bool {
        now <= created_at.plus(Duration::from_secs(u64::from(self.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_open_up_to_its_last_millisecond() {
        let window = EditWindow::from_seconds(2).unwrap();
        let posted = Timestamp::from_millis(1_000);
        assert!(window.is_open(posted, Timestamp::from_millis(3_000)));
        assert!(!window.is_open(posted, Timestamp::from_millis(3_001)));
        assert!(EditWindow::from_seconds(31_536_001).is_err());
    }
}
