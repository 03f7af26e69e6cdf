//! What a room is about, in a line.

use super::InvalidValue;

/// A room's topic: one line of at most 250 characters; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Topic(String);

impl Topic {
    /// The most characters.
    pub const MAX_CHARS: usize = 250;

    /// Checks a topic; white space around it is dropped.
    ///
    /// # Errors
    /// [`InvalidValue`] if it is too long or has control characters, line breaks among them.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let text = text.trim();
        let length = text.chars().count();
        if length > Self::MAX_CHARS {
            return Err(InvalidValue::TooLong { max: Self::MAX_CHARS, actual: length, unit: "characters" });
        }
        if let Some(found) = text.chars().find(|character| character.is_control()) {
            return Err(InvalidValue::Character { found, allowed: "printable characters on one line" });
        }
        Ok(Self(text.to_owned()))
    }

    /// Gives the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
