//! The name of a request, for finding it in the log.

use domain::port::IdGenerator;
use http::{HeaderMap, HeaderValue};

/// The name of a request: the client's own, or one made here.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(String);

/// The header that carries it both ways.
pub(crate) const HEADER: &str = "x-request-id";
/// The most characters of a client's own.
const MAX_CHARS: usize = 128;

impl RequestId {
    /// Takes the client's own if it can stand in a log line as it is, and makes one otherwise.
    pub(crate) fn of(headers: &HeaderMap, ids: &dyn IdGenerator) -> Self {
        let own = headers.get(HEADER).and_then(|value| value.to_str().ok()).filter(|text| is_sane(text));
        own.map_or_else(|| Self(ids.generate().to_string()), |text| Self(text.to_owned()))
    }

    /// Gives the text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Gives the text as a header's value.
    pub(crate) fn to_header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

fn is_sane(text: &str) -> bool {
    let sane =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'/' | b'+' | b'=');
    !text.is_empty() && text.len() <= MAX_CHARS && text.bytes().all(sane)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_that_fit_a_log_line_are_taken_over() {
        assert!(is_sane("4bf92f3577b34da6a3ce929d0e0e4736"));
        for text in ["", "a b", "a\"b", "a\nb", &"a".repeat(129)] {
            assert!(!is_sane(text), "{text}");
        }
    }
}
