//! Whether somebody is there.

use super::room::words;
use super::{InvalidValue, NodeId, Timestamp, UserId};
use unicode_segmentation::UnicodeSegmentation;

words! {
    /// What a user wants others to see.
    Availability {
        /// There, as long as a client is.
        Online => "online",
        /// Away, although a client is there.
        Idle => "idle",
        /// There, and not to be disturbed.
        DoNotDisturb => "dnd",
        /// Shown as offline, whatever clients are there.
        Invisible => "invisible",
    }
}

words! {
    /// What others see of a user.
    Status {
        /// There.
        Online => "online",
        /// Away: no client saw them for five minutes, or they say so.
        Idle => "idle",
        /// Not to be disturbed.
        DoNotDisturb => "dnd",
        /// No client is there, or they don't want it known.
        Offline => "offline",
    }
}

/// A line about what somebody is doing: at most 100 characters, not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusText(String);

impl StatusText {
    /// The most characters (extended grapheme clusters).
    pub const MAX_GRAPHEMES: usize = 100;
    const MAX_BYTES: usize = 1024;

    /// Checks a text; white space at its ends is cut, control characters are refused.
    ///
    /// # Errors
    /// [`InvalidValue`].
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidValue::Empty);
        }
        if let Some(found) = text.chars().find(|character| character.is_control()) {
            return Err(InvalidValue::Character { found, allowed: "printable characters" });
        }
        if text.len() > Self::MAX_BYTES {
            return Err(InvalidValue::TooLong { max: Self::MAX_BYTES, actual: text.len(), unit: "bytes" });
        }
        let actual = text.graphemes(true).count();
        if actual > Self::MAX_GRAPHEMES {
            return Err(InvalidValue::TooLong { max: Self::MAX_GRAPHEMES, actual, unit: "characters" });
        }
        Ok(Self(text.to_owned()))
    }

    /// Gives the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a user chose to be shown as, on all their devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenPresence {
    /// How they want to be seen.
    pub availability: Availability,
    /// What they are doing.
    pub text: Option<StatusText>,
    /// When `availability` goes back to online and `text` goes away; never if absent.
    pub until: Option<Timestamp>,
}

impl Default for ChosenPresence {
    /// Seen as they are.
    fn default() -> Self {
        Self { availability: Availability::Online, text: None, until: None }
    }
}

impl ChosenPresence {
    /// Gives what is left of the choice at that time.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Self {
        if self.until.is_some_and(|until| until <= now) { Self::default() } else { self.clone() }
    }
}

/// What is kept about a user's presence while they are away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPresence {
    /// Whose.
    pub user_id: UserId,
    /// What they chose.
    pub chosen: ChosenPresence,
    /// When their last client left; none if none ever did.
    pub last_seen_at: Option<Timestamp>,
}

/// What one node knows of one user's clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodePresence {
    /// Who.
    pub user_id: UserId,
    /// Whether a client of theirs is connected to the node.
    pub connected: bool,
    /// Whether one of those clients saw the user within the last five minutes.
    pub active: bool,
    /// What the user chose.
    pub chosen: ChosenPresence,
}

/// What a node tells the others about its clients: what changed, or, as a sign of life, everybody who is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresenceReport {
    /// Which node, for as long as it runs.
    pub node: NodeId,
    /// Whether these are all users of the node: whoever isn't among them isn't connected to it.
    pub all: bool,
    /// The users.
    pub users: Vec<NodePresence>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_ends_at_its_time() {
        let chosen = ChosenPresence {
            availability: Availability::DoNotDisturb,
            text: Some(StatusText::parse(" at lunch ").unwrap()),
            until: Some(Timestamp::from_millis(10)),
        };
        assert_eq!(chosen.at(Timestamp::from_millis(9)), chosen);
        assert_eq!(chosen.at(Timestamp::from_millis(10)), ChosenPresence::default());
    }

    #[test]
    fn a_status_text_is_one_short_line() {
        assert_eq!(StatusText::parse(" at lunch ").unwrap().as_str(), "at lunch");
        assert!(matches!(StatusText::parse("a\nb"), Err(InvalidValue::Character { .. })));
        assert!(matches!(StatusText::parse(&"a".repeat(101)), Err(InvalidValue::TooLong { .. })));
    }
}
