//! What signed-in clients can ask for over REST, by what it is about.

mod messages;
mod people;
mod rooms;

use std::fmt::Write;

/// Writes a text so that it can stand for one segment of a path (RFC 3986, section 2.1).
fn segment(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut path, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            // Writing to a text doesn't fail.
            let _ = write!(path, "%{byte:02X}");
        }
        path
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_holds_any_text() {
        assert_eq!(segment("general-2"), "general-2");
        assert_eq!(segment("../a b"), "..%2Fa%20b");
        assert_eq!(segment("👍"), "%F0%9F%91%8D");
    }
}
