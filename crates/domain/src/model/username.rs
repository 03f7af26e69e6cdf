//! The name somebody signs in with and is shown by.

use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;

use super::InvalidValue;

/// A user name: 2–32 characters after NFKC, letters, digits and `_ . -`, beginning with a letter or digit.
/// It keeps the spelling its owner chose; it is looked up by [`Self::key`] and kept unique by
/// [`Self::skeleton`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Username(String);

impl Username {
    /// The fewest characters.
    pub const MIN_CHARS: usize = 2;
    /// The most characters.
    pub const MAX_CHARS: usize = 32;

    /// Normalises (NFKC) and checks a name.
    ///
    /// # Errors
    /// [`InvalidValue`] for a wrong length or character.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        const ALLOWED: &str = "letters, digits, '_', '.' and '-', beginning with a letter or digit";
        // Normalising can lengthen a text eighteen-fold; what is far too long isn't worth it.
        if text.len() > 8 * 4 * Self::MAX_CHARS {
            return Err(InvalidValue::TooLong {
                max: Self::MAX_CHARS,
                actual: text.chars().count(),
                unit: "characters",
            });
        }
        let name: String = text.nfkc().collect();
        let length = name.chars().count();
        if length < Self::MIN_CHARS {
            return Err(InvalidValue::TooShort { min: Self::MIN_CHARS, actual: length, unit: "characters" });
        }
        if length > Self::MAX_CHARS {
            return Err(InvalidValue::TooLong { max: Self::MAX_CHARS, actual: length, unit: "characters" });
        }
        let wrong = name.chars().enumerate().find(|(index, character)| {
            !(character.is_alphanumeric() || (*index > 0 && matches!(character, '_' | '.' | '-')))
        });
        match wrong {
            Some((_, found)) => Err(InvalidValue::Character { found, allowed: ALLOWED }),
            None => Ok(Self(name)),
        }
    }

    /// Gives the name as its owner spells it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Gives the form to look a name up by: lower case.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// Gives the form that names which look alike share (Unicode Technical Standard 39, section 4, on the
    /// lower-case form): two users never have the same one.
    pub fn skeleton(&self) -> String {
        skeleton(&self.key()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_share_a_skeleton() {
        let latin = Username::parse("Alice").unwrap();
        let cyrillic = Username::parse("аlice").unwrap();
        assert_ne!(latin.key(), cyrillic.key());
        assert_eq!(latin.skeleton(), cyrillic.skeleton());
    }

    #[test]
    fn full_width_letters_become_plain_ones() {
        assert_eq!(Username::parse("ａｌｉｃｅ").unwrap().as_str(), "alice");
    }

    #[test]
    fn lengths_are_counted_in_characters_at_both_ends() {
        assert!(matches!(Username::parse("a"), Err(InvalidValue::TooShort { actual: 1, .. })));
        assert!(Username::parse(&"é".repeat(32)).is_ok());
        assert!(matches!(Username::parse(&"é".repeat(33)), Err(InvalidValue::TooLong { actual: 33, .. })));
    }

    #[test]
    fn spaces_signs_and_leading_dots_are_refused() {
        for name in ["a b", "a@b", ".ab", "a\u{0}b", "a/b", "a$b", "👍👍"] {
            assert!(matches!(Username::parse(name), Err(InvalidValue::Character { .. })), "{name}");
        }
    }
}
