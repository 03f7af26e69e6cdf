//! The name a client gives its intent to send one message.

use super::InvalidValue;

/// Names the intent to send one message, so that sending again can't double it: 1–64 of `A-Za-z0-9_-`, made
/// by the client from at least 96 random bits. Unique per room and author as long as the message or its
/// tombstone lives.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Nonce(String);

impl Nonce {
    /// The most characters.
    pub const MAX_CHARS: usize = 64;

    /// Checks a nonce.
    ///
    /// # Errors
    /// [`InvalidValue`] for a wrong length or character.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        if text.is_empty() {
            return Err(InvalidValue::Empty);
        }
        let allowed = |character: &char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
        if let Some(found) = text.chars().find(|character| !allowed(character)) {
            return Err(InvalidValue::Character { found, allowed: "A-Z, a-z, 0-9, '_' and '-'" });
        }
        if text.len() > Self::MAX_CHARS {
            return Err(InvalidValue::TooLong { max: Self::MAX_CHARS, actual: text.len(), unit: "characters" });
        }
        Ok(Self(text.to_owned()))
    }

    /// Gives the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
