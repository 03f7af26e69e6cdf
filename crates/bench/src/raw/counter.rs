//! Counts the frames in a stream of bytes.

use super::readers::Received;

/// How much of a payload tells what it is.
const KIND: usize = 16;

/// Follows the frames of one socket, whatever pieces their bytes come in.
#[derive(Debug, Default)]
pub(super) struct FrameCounter {
    /// The beginning of a frame that isn't all here.
    head: Vec<u8>,
    /// How many bytes of the current frame are still to come.
    rest: usize,
}

impl FrameCounter {
    /// Takes bytes and counts the frames that begin in them.
    pub(super) fn feed(&mut self, mut bytes: &[u8], received: &mut Received) {
        loop {
            let skipped = self.rest.min(bytes.len());
            self.rest -= skipped;
            bytes = &bytes[skipped..];
            if bytes.is_empty() {
                return;
            }
            let before = self.head.len();
            let found = if before == 0 {
                head(bytes, received)
            } else {
                self.head.extend_from_slice(&bytes[..bytes.len().min(KIND + 10)]);
                head(&self.head, received)
            };
            let Some(size) = found else {
                if before == 0 {
                    self.head.extend_from_slice(bytes);
                }
                return;
            };
            self.head.clear();
            self.rest = size - before;
        }
    }
}

/// Counts the frame that begins here and gives its size; nothing if too little of it is here.
fn head(bytes: &[u8], received: &mut Received) -> Option<usize> {
    let (header, payload) = match *bytes.get(1)? & 0x7f {
        126 => (4, usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        short => (2, usize::from(short)),
    };
    let kind = bytes.get(header..header + payload.min(KIND))?;
    if kind.starts_with(br#"{"type":"message"#) {
        received.messages += 1;
        if received.sample.is_empty()
            && let Some(frame) = bytes.get(..header + payload)
        {
            received.sample = frame.to_vec();
        }
    } else if kind.starts_with(br#"{"type":"ok""#) {
        received.answers += 1;
    } else if kind.starts_with(br#"{"type":"error"#) || kind.starts_with(br#"{"type":"lagged"#) {
        received.faults += 1;
    }
    Some(header + payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(payload: &str) -> Vec<u8> {
        let mut bytes = vec![0x81];
        if let Ok(short @ 0..126) = u8::try_from(payload.len()) {
            bytes.push(short);
        } else {
            bytes.push(126);
            bytes.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
        }
        bytes.extend_from_slice(payload.as_bytes());
        bytes
    }

    #[test]
    fn frames_are_counted_whatever_pieces_they_come_in() {
        let long = format!(r#"{{"type":"message","content":"{}"}}"#, "x".repeat(300));
        let mut bytes = Vec::new();
        for payload in [long.as_str(), r#"{"type":"ok","id":1}"#, "{}", r#"{"type":"message"}"#, r#"{"type":"lagged"}"#]
        {
            bytes.extend(frame(payload));
        }
        for size in 1..bytes.len() {
            let (mut counter, mut received) = (FrameCounter::default(), Received::default());
            for piece in bytes.chunks(size) {
                counter.feed(piece, &mut received);
            }
            assert_eq!((received.messages, received.answers, received.faults), (2, 1, 1), "pieces of {size}");
        }
    }
}
