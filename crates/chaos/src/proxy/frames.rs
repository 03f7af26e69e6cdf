//! Takes WebSocket frames (RFC 6455, section 5.2) out of a stream of bytes, as far as a proxy has to know them.

/// The opcode of a text frame.
const TEXT: u8 = 1;
/// The bit that says that a frame ends its message.
const FIN: u8 = 0x80;
/// The bit that says that a mask follows.
const MASKED: u8 = 0x80;

/// One frame as it came in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// A whole text message.
    Text(String),
    /// Something else: a control frame, binary data, a fragment. To be forwarded as it is.
    Other(Vec<u8>),
}

/// What came in and isn't a whole frame yet.
#[derive(Debug, Default)]
pub(super) struct Frames {
    waiting: Vec<u8>,
}

impl Frames {
    /// Takes in bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
    }

    /// Gives the next whole frame.
    pub(super) fn next(&mut self) -> Option<Frame> {
        let (head, payload) = self.lengths()?;
        let end = head.checked_add(payload)?;
        if self.waiting.len() < end {
            return None;
        }
        let frame: Vec<u8> = self.waiting.drain(..end).collect();
        // Servers don't mask; a compressed or fragmented message has other bits in its first byte.
        if frame[0] == FIN | TEXT
            && frame[1] & MASKED == 0
            && let Ok(text) = std::str::from_utf8(&frame[head..])
        {
            return Some(Frame::Text(text.to_owned()));
        }
        Some(Frame::Other(frame))
    }

    /// Gives the lengths of the head and of the payload, once the head is there.
    fn lengths(&self) -> Option<(usize, usize)> {
        let second = *self.waiting.get(1)?;
        let mask = if second & MASKED == 0 { 0 } else { 4 };
        let (extra, payload) = match second & !MASKED {
            126 => (2, self.number(2)?),
            127 => (8, self.number(8)?),
            short => (0, usize::from(short)),
        };
        Some((2 + extra + mask, payload))
    }

    /// Reads a big-endian number of that many bytes after the first two.
    fn number(&self, bytes: usize) -> Option<usize> {
        let digits = self.waiting.get(2..2 + bytes)?;
        Some(digits.iter().fold(0, |number, digit| (number << 8) | usize::from(*digit)))
    }
}

/// Encodes a whole text message as a server sends it.
pub(super) fn encode(text: &str) -> Vec<u8> {
    let mut frame = vec![FIN | TEXT];
    match (u8::try_from(text.len()), u16::try_from(text.len())) {
        (Ok(short @ 0..=125), _) => frame.push(short),
        (_, Ok(middle)) => {
            frame.push(126);
            frame.extend_from_slice(&middle.to_be_bytes());
        }
        _ => {
            frame.push(127);
            frame.extend_from_slice(&(text.len() as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(text.as_bytes());
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_every_length_come_out_however_they_are_sliced() {
        let texts: Vec<String> = [0, 1, 125, 126, 65_535, 65_536].iter().map(|length| "x".repeat(*length)).collect();
        let bytes: Vec<u8> = texts.iter().flat_map(|text| encode(text)).collect();
        for slice in [1, 7, 1_000_000] {
            let (mut frames, mut found) = (Frames::default(), Vec::new());
            for piece in bytes.chunks(slice) {
                frames.push(piece);
                found.extend(std::iter::from_fn(|| frames.next()));
            }
            assert_eq!(found, texts.iter().cloned().map(Frame::Text).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_no_whole_text_stays_as_it_is() {
        for bytes in [vec![0x89, 0], vec![0x01, 1, b'a'], vec![0x82, 1, 0], vec![0x81, 0x81, 1, 2, 3, 4, 5]] {
            let mut frames = Frames::default();
            frames.push(&bytes);
            assert_eq!(frames.next(), Some(Frame::Other(bytes)));
        }
    }
}
