//! Where a list goes on: opaque to clients, a key to us.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::model::{InvalidValue, PageSize};
use protocol::ListDto;

/// The most items of a list at once, and the number if the client doesn't say.
const MAX_ITEMS: u16 = 100;

/// Writes a cursor that goes on after `key`.
fn encode_cursor(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

/// Reads the key out of a cursor.
///
/// # Errors
/// `Malformed` if it isn't one of ours.
pub(crate) fn decode_cursor<T>(cursor: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, InvalidValue> {
    let key = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|key| String::from_utf8(key).ok());
    let malformed = InvalidValue::Malformed { expected: "a \"next\" of an earlier page of this list" };
    key.and_then(|key| parse(&key)).ok_or(malformed)
}

/// How many items a page shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListSize(usize);

/// Clamps the number of items a client wants; the second is what to ask the store for: one more, which tells
/// whether there is a further page.
pub(crate) fn page_of(limit: Option<u64>) -> (ListSize, PageSize) {
    let shown = PageSize::clamped(limit, MAX_ITEMS, MAX_ITEMS).get();
    (ListSize(shown), PageSize::clamped(Some(shown as u64 + 1), MAX_ITEMS + 1, MAX_ITEMS + 1))
}

impl ListSize {
    /// Makes a page of what the store gave.
    pub(crate) fn list<T, D>(
        self,
        mut found: Vec<T>,
        key: impl Fn(&T) -> String,
        show: impl Fn(&T) -> D,
    ) -> ListDto<D> {
        let more = found.len() > self.0;
        found.truncate(self.0);
        let next = found.last().filter(|_| more).map(|last| encode_cursor(&key(last)));
        ListDto { items: found.iter().map(show).collect(), next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_exactly_full_is_the_last() {
        let list = |found: Vec<u8>| page_of(Some(2)).0.list(found, u8::to_string, |item| *item);
        assert_eq!(list(vec![1, 2]).next, None);
        let page = list(vec![1, 2, 3]);
        assert_eq!(page.items, [1, 2]);
        assert_eq!(decode_cursor(&page.next.unwrap(), |key| key.parse::<u8>().ok()), Ok(2));
        assert!(decode_cursor("%%%", |key| key.parse::<u8>().ok()).is_err());
    }

    #[test]
    fn limits_are_clamped() {
        assert_eq!(page_of(Some(0)).1.get(), 2);
        assert_eq!(page_of(Some(u64::MAX)).1.get(), 101);
        assert_eq!(page_of(None).1.get(), 101);
    }
}
