//! The text of a message.

use unicode_segmentation::UnicodeSegmentation;

use super::InvalidValue;

/// The text of a message, kept exactly as sent: not blank, at most 4,000 extended grapheme clusters (Unicode
/// Standard Annex 29) and 16 KiB of UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageBody(String);

impl MessageBody {
    /// The most grapheme clusters, that is characters as people count them.
    pub const MAX_GRAPHEMES: usize = 4000;
    /// The most bytes of UTF-8.
    pub const MAX_BYTES: usize = 16 * 1024;

    /// Checks a text.
    ///
    /// # Errors
    /// [`InvalidValue::Empty`] if there is nothing but white space, [`InvalidValue::TooLong`] beyond a limit.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidValue> {
        let text = text.into();
        if text.trim().is_empty() {
            return Err(InvalidValue::Empty);
        }
        if text.len() > Self::MAX_BYTES {
            return Err(InvalidValue::TooLong { max: Self::MAX_BYTES, actual: text.len(), unit: "bytes" });
        }
        // A text has at most as many clusters as bytes, so short texts needn't be counted.
        if text.len() > Self::MAX_GRAPHEMES {
            let graphemes = text.graphemes(true).count();
            if graphemes > Self::MAX_GRAPHEMES {
                return Err(InvalidValue::TooLong { max: Self::MAX_GRAPHEMES, actual: graphemes, unit: "characters" });
            }
        }
        Ok(Self(text))
    }

    /// Gives the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_text_is_refused_and_others_are_kept_as_they_are() {
        assert_eq!(MessageBody::parse(" \n\t"), Err(InvalidValue::Empty));
        assert_eq!(MessageBody::parse(" a\u{0}$.b ").unwrap().as_str(), " a\u{0}$.b ");
    }

    #[test]
    fn a_family_of_four_counts_as_one_character() {
        let family = "👨‍👩‍👧‍👦";
        assert!(MessageBody::parse(family.repeat(16 * 1024 / family.len())).is_ok());
        assert!(MessageBody::parse("a".repeat(4000)).is_ok());
        assert_eq!(
            MessageBody::parse("a".repeat(4001)),
            Err(InvalidValue::TooLong { max: 4000, actual: 4001, unit: "characters" })
        );
    }

    #[test]
    fn bytes_are_limited_whatever_the_characters() {
        let heart = "❤️";
        let text = heart.repeat(16 * 1024 / heart.len() + 1);
        assert!(matches!(MessageBody::parse(text), Err(InvalidValue::TooLong { unit: "bytes", .. })));
    }
}
