//! One emoji, as a reaction.

use super::InvalidValue;

/// One emoji of Unicode's list «recommended for general interchange» (UTS 51, RGI), in its fully qualified form, so
/// that ways to write the same emoji are the same reaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Emoji(&'static str);

impl Emoji {
    /// Checks a text; an emoji written without its variation selectors is completed.
    ///
    /// # Errors
    /// [`InvalidValue::Empty`], or [`InvalidValue::Malformed`] for anything but exactly one emoji.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        if text.is_empty() {
            return Err(InvalidValue::Empty);
        }
        let known = emojis::get(text).ok_or(InvalidValue::Malformed { expected: "exactly one emoji" })?;
        Ok(Self(known.as_str()))
    }

    /// Gives the emoji.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_is_the_same_with_and_without_its_variation_selector() {
        assert_eq!(Emoji::parse("\u{2764}"), Emoji::parse("\u{2764}\u{fe0f}"));
        assert_eq!(Emoji::parse("👩🏽‍🚀").unwrap().as_str(), "👩🏽‍🚀");
        assert_ne!(Emoji::parse("👍"), Emoji::parse("👍🏿"));
    }

    #[test]
    fn anything_but_one_emoji_is_refused() {
        for text in ["", "a", "👍👍", "👍 ", "$set", "a.b", ":+1:", "\u{fe0f}", "1", "\u{0}"] {
            assert!(Emoji::parse(text).is_err(), "{text:?}");
        }
    }
}
