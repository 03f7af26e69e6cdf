//! The name of a room, which is also how URLs name it.

use unicode_normalization::UnicodeNormalization;

use super::{Id, InvalidValue};

/// A room's name: a slug of 1–64 characters, letters and digits of any script in lower case, `-` and `_`,
/// beginning with a letter or digit. Never the form of an id, so that a URL can take either.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoomName(String);

impl RoomName {
    /// The most characters.
    pub const MAX_CHARS: usize = 64;

    /// Normalises (NFKC, lower case) and checks a name: `General` is `general`.
    ///
    /// # Errors
    /// [`InvalidValue`] for a wrong length or character, or the form of an id.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        if text.len() > 8 * 4 * Self::MAX_CHARS {
            return Err(InvalidValue::TooLong {
                max: Self::MAX_CHARS,
                actual: text.chars().count(),
                unit: "characters",
            });
        }
        let name = text.nfkc().collect::<String>().to_lowercase();
        let length = name.chars().count();
        if length == 0 {
            return Err(InvalidValue::Empty);
        }
        if length > Self::MAX_CHARS {
            return Err(InvalidValue::TooLong { max: Self::MAX_CHARS, actual: length, unit: "characters" });
        }
        let wrong = name.chars().enumerate().find(|(index, character)| {
            !(character.is_alphanumeric() || (*index > 0 && matches!(character, '-' | '_')))
        });
        if let Some((_, found)) = wrong {
            let allowed = "lower-case letters, digits, '-' and '_', beginning with a letter or digit";
            return Err(InvalidValue::Character { found, allowed });
        }
        if name.parse::<Id>().is_ok() {
            return Err(InvalidValue::Malformed { expected: "a name that isn't the form of an id (24 hex digits)" });
        }
        Ok(Self(name))
    }

    /// Gives the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_folded_to_lower_case() {
        assert_eq!(RoomName::parse("General").unwrap().as_str(), "general");
    }

    #[test]
    fn a_name_of_the_form_of_an_id_is_refused() {
        assert!(matches!(RoomName::parse("00010203040506070809abff"), Err(InvalidValue::Malformed { .. })));
    }

    #[test]
    fn separators_spaces_and_signs_are_refused() {
        for name in ["a b", "a/b", "-a", "_a", "a.b", "$a", "#a"] {
            assert!(matches!(RoomName::parse(name), Err(InvalidValue::Character { .. })), "{name}");
        }
        assert_eq!(RoomName::parse(""), Err(InvalidValue::Empty));
        assert!(RoomName::parse(&"a".repeat(64)).is_ok());
        assert!(matches!(RoomName::parse(&"a".repeat(65)), Err(InvalidValue::TooLong { actual: 65, .. })));
    }
}
