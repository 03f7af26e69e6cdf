//! How deep a JSON text is nested, told without parsing it.

/// Counts the deepest nesting of arrays and objects; right for every valid text, and for others no less than
/// a parser would meet before it stops.
pub(crate) fn nesting(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => skip_string(&mut bytes),
            _ => {}
        }
    }
    deepest
}

fn skip_string(bytes: &mut std::slice::Iter<'_, u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'"' => return,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_texts_do_not_count() {
        assert_eq!(nesting(br#"{"a":"[[[{{{","b":"\"[","c":[1,[2]]}"#), 3);
        assert_eq!(nesting(b"5"), 0);
        assert_eq!(nesting("[".repeat(40).as_bytes()), 40);
    }
}
