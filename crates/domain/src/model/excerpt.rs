//! The beginning of a message, for quoting it.

use unicode_segmentation::UnicodeSegmentation;

use super::MessageBody;

/// The beginning of a message on one line: white space folded, at most [`Self::MAX_GRAPHEMES`] characters and then `…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt(String);

impl Excerpt {
    /// The most characters (extended grapheme clusters) of the message.
    pub const MAX_GRAPHEMES: usize = 140;

    /// Takes the beginning of a text.
    pub fn of(body: &MessageBody) -> Self {
        // Characters are counted only as far as needed; a word is at least one of them.
        let words = body.as_str().split_whitespace().take(Self::MAX_GRAPHEMES + 1);
        let line = words.collect::<Vec<_>>().join(" ");
        match line.grapheme_indices(true).nth(Self::MAX_GRAPHEMES) {
            Some((end, _)) => Self(format!("{}…", line[..end].trim_end())),
            None => Self(line),
        }
    }

    /// Gives the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str) -> String {
        Excerpt::of(&MessageBody::parse(text).unwrap()).as_str().to_owned()
    }

    #[test]
    fn an_excerpt_is_one_short_line() {
        assert_eq!(excerpt(" a\n\tb  c "), "a b c");
        assert_eq!(excerpt(&"x".repeat(140)), "x".repeat(140));
        assert_eq!(excerpt(&"👍🏽".repeat(141)), format!("{}…", "👍🏽".repeat(140)));
    }
}
