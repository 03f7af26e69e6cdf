//! Bytes to messages: unmasks, joins fragments, and skips what is too large without keeping it.

use bytes::Bytes;
use soketto::Parsing;
use soketto::base::{Codec, Error, Header, OpCode};

/// The most bytes of a message that is skipped; a client that sends more isn't worth reading.
const MOST_SKIPPED: u64 = 1024 * 1024;

/// Something a client sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Incoming {
    /// A text.
    Text(String),
    /// A text that isn't UTF-8.
    NotUtf8,
    /// A binary message.
    Binary,
    /// A message beyond the limit; the rest of it is skipped.
    TooLarge,
    /// A ping with its payload, to be sent back.
    Ping(Vec<u8>),
    /// A pong.
    Pong,
    /// A close frame with its code, if it has one.
    Close(Option<u16>),
}

/// Why a connection can't go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Violation {
    /// The bytes aren't the protocol.
    Protocol,
    /// A message is larger than what is skipped.
    TooLarge,
}

/// Reads frames out of bytes. While nothing is half read it holds no memory of its own.
#[derive(Debug)]
pub(crate) struct FrameReader {
    /// The most bytes of a message.
    limit: usize,
    buffer: Vec<u8>,
    /// Where the unread part of the buffer begins.
    start: usize,
    /// The message whose last fragment hasn't come.
    message: Option<Message>,
    /// How many bytes of the present frame are still to be skipped, and whether its message ends with it.
    skip: Option<(u64, bool)>,
}

#[derive(Debug)]
struct Message {
    binary: bool,
    bytes: Vec<u8>,
    /// The size of all fragments so far.
    size: u64,
    /// Whether it was found too large.
    skipped: bool,
}

impl FrameReader {
    /// Makes a reader; a limit of 0 allows as much as would be skipped otherwise.
    pub(crate) fn new(limit: usize) -> Self {
        let limit = if limit == 0 { usize::try_from(MOST_SKIPPED).unwrap_or(usize::MAX) } else { limit };
        Self { limit, buffer: Vec::new(), start: 0, message: None, skip: None }
    }

    /// Gives the buffer to append bytes to, with room for some.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        const READ: usize = 4096;
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.reserve(READ);
        &mut self.buffer
    }

    /// Gives the next thing the client sent; nothing if more bytes are needed.
    ///
    /// # Errors
    /// [`Violation`]; the reader is of no use after it.
    pub(crate) fn next(&mut self) -> Result<Option<Incoming>, Violation> {
        loop {
            if !self.skip_on() {
                self.release();
                return Ok(None);
            }
            let unread = &self.buffer[self.start..];
            let header = match Codec::new().set_max_data_size(usize::MAX).decode_header(unread) {
                Ok(Parsing::Done { value, offset }) => (value, offset),
                Ok(Parsing::NeedMore(_)) => {
                    self.release();
                    return Ok(None);
                }
                Err(Error::PayloadTooLarge { .. }) => return Err(Violation::TooLarge),
                Err(_) => return Err(Violation::Protocol),
            };
            let (header, offset) = header;
            if !header.is_masked() {
                return Err(Violation::Protocol);
            }
            let step =
                if header.opcode().is_control() { self.control(&header, offset) } else { self.data(&header, offset)? };
            match step {
                Step::Got(incoming) => return Ok(Some(incoming)),
                Step::GoOn => {}
                Step::NeedMore => {
                    self.release();
                    return Ok(None);
                }
            }
        }
    }

    /// Gives what wasn't read yet, for another reader; nothing may be half read.
    pub(crate) fn into_unread(mut self) -> Bytes {
        self.buffer.drain(..self.start);
        Bytes::from(self.buffer)
    }

    /// Skips what is to be skipped; answers whether a frame may begin.
    fn skip_on(&mut self) -> bool {
        let Some((left, last)) = self.skip else {
            return true;
        };
        let unread = self.buffer.len() - self.start;
        let skipped = usize::try_from(left).unwrap_or(usize::MAX).min(unread);
        self.start += skipped;
        let left = left - skipped as u64;
        if left > 0 {
            self.skip = Some((left, last));
            return false;
        }
        self.skip = None;
        if last {
            self.message = None;
        }
        true
    }

    fn control(&mut self, header: &Header, offset: usize) -> Step {
        let Some(payload) = self.payload(header, offset) else {
            return Step::NeedMore;
        };
        Step::Got(match header.opcode() {
            OpCode::Ping => Incoming::Ping(payload),
            OpCode::Close => Incoming::Close(payload.first_chunk().map(|code| u16::from_be_bytes(*code))),
            _ => Incoming::Pong,
        })
    }

    fn data(&mut self, header: &Header, offset: usize) -> Result<Step, Violation> {
        let continues = header.opcode() == OpCode::Continue;
        if continues != self.message.is_some() {
            return Err(Violation::Protocol);
        }
        let (before, skipped) = self.message.as_ref().map_or((0, false), |message| (message.size, message.skipped));
        let size = before.saturating_add(header.payload_len() as u64);
        if size > MOST_SKIPPED.max(self.limit as u64) {
            return Err(Violation::TooLarge);
        }
        if skipped || size > self.limit as u64 {
            self.start += offset;
            self.skip = Some((header.payload_len() as u64, header.is_fin()));
            self.message = Some(Message { binary: false, bytes: Vec::new(), size, skipped: true });
            return Ok(if skipped { Step::GoOn } else { Step::Got(Incoming::TooLarge) });
        }
        let Some(payload) = self.payload(header, offset) else {
            return Ok(Step::NeedMore);
        };
        let binary = header.opcode() == OpCode::Binary;
        let mut message = self.message.take().unwrap_or(Message { binary, bytes: Vec::new(), size, skipped: false });
        message.size = size;
        if message.bytes.is_empty() {
            message.bytes = payload;
        } else {
            message.bytes.extend_from_slice(&payload);
        }
        if !header.is_fin() {
            self.message = Some(message);
            return Ok(Step::GoOn);
        }
        Ok(Step::Got(match String::from_utf8(message.bytes) {
            _ if message.binary => Incoming::Binary,
            Ok(text) => Incoming::Text(text),
            Err(_) => Incoming::NotUtf8,
        }))
    }

    /// Takes a frame's payload, unmasked; nothing if it isn't whole yet.
    fn payload(&mut self, header: &Header, offset: usize) -> Option<Vec<u8>> {
        let from = self.start + offset;
        let to = from.checked_add(header.payload_len())?;
        if to > self.buffer.len() {
            return None;
        }
        let mut payload = self.buffer[from..to].to_vec();
        Codec::apply_mask(header, &mut payload);
        self.start = to;
        Some(payload)
    }

    /// Gives the buffer's memory back when everything in it was read.
    fn release(&mut self) {
        if self.start == self.buffer.len() {
            self.buffer = Vec::new();
            self.start = 0;
        }
    }
}

enum Step {
    Got(Incoming),
    GoOn,
    NeedMore,
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: u8 = 1;
    const BINARY: u8 = 2;
    const FIN: u8 = 0x80;

    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first];
        match payload.len() {
            len @ 0..126 => bytes.push(0x80 | u8::try_from(len).unwrap()),
            len @ 126..65536 => {
                bytes.push(0x80 | 0x7e);
                bytes.extend(u16::try_from(len).unwrap().to_be_bytes());
            }
            len => {
                bytes.push(0x80 | 0x7f);
                bytes.extend((len as u64).to_be_bytes());
            }
        }
        let mask = [7, 99, 200, 1];
        bytes.extend(mask);
        bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        bytes
    }

    fn read(limit: usize, bytes: &[u8], chunk: usize) -> Result<Vec<Incoming>, Violation> {
        let mut reader = FrameReader::new(limit);
        let mut found = Vec::new();
        for chunk in bytes.chunks(chunk) {
            reader.buffer().extend_from_slice(chunk);
            while let Some(incoming) = reader.next()? {
                found.push(incoming);
            }
        }
        if bytes.is_empty() || !found.is_empty() {
            assert!(reader.buffer.len() <= limit + 14, "no more than a frame is kept");
        }
        Ok(found)
    }

    #[test]
    fn frames_are_read_however_the_bytes_are_cut() {
        let mut bytes = frame(FIN | TEXT, "héllo".as_bytes());
        bytes.extend(frame(TEXT, b"one "));
        bytes.extend(frame(FIN | 9, b"ping"));
        bytes.extend(frame(0, b"two "));
        bytes.extend(frame(FIN, b"three"));
        bytes.extend(frame(FIN | BINARY, &[1; 300]));
        bytes.extend(frame(FIN | TEXT, &[0xff, 0xfe]));
        bytes.extend(frame(FIN | 0xa, b""));
        bytes.extend(frame(FIN | 8, &1001_u16.to_be_bytes()));
        let expected = || {
            vec![
                Incoming::Text("héllo".to_owned()),
                Incoming::Ping(b"ping".to_vec()),
                Incoming::Text("one two three".to_owned()),
                Incoming::Binary,
                Incoming::NotUtf8,
                Incoming::Pong,
                Incoming::Close(Some(1001)),
            ]
        };
        for chunk in [1, 2, 3, 7, 64, 4096] {
            assert_eq!(read(1000, &bytes, chunk), Ok(expected()), "{chunk}");
        }
    }

    #[test]
    fn what_is_too_large_is_told_once_and_skipped() {
        let mut bytes = frame(FIN | TEXT, &[b'x'; 1001]);
        bytes.extend(frame(TEXT, &[b'x'; 600]));
        bytes.extend(frame(0, &[b'x'; 600]));
        bytes.extend(frame(0, b"more"));
        bytes.extend(frame(FIN, b"end"));
        bytes.extend(frame(FIN | TEXT, b"fits"));
        for chunk in [1, 5, 100, 4096] {
            let found = read(1000, &bytes, chunk).unwrap();
            assert_eq!(found, [Incoming::TooLarge, Incoming::TooLarge, Incoming::Text("fits".to_owned())], "{chunk}");
        }
    }

    #[test]
    fn violations_are_found() {
        let unmasked = [0x81, 1, b'a'];
        let second_start = [frame(TEXT, b"a"), frame(FIN | TEXT, b"b")].concat();
        let orphan = frame(FIN, b"a");
        let reserved = frame(FIN | 3, b"a");
        let extension = frame(FIN | 0x40 | TEXT, b"a");
        let long_ping = frame(FIN | 9, &[0; 126]);
        for bytes in [&unmasked[..], &second_start, &orphan, &reserved, &extension, &long_ping] {
            assert_eq!(read(1000, bytes, 4096), Err(Violation::Protocol), "{bytes:?}");
        }
        let huge = [0x81, 0xff, 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0];
        assert_eq!(read(1000, &huge, 4096), Err(Violation::TooLarge));
    }

    #[test]
    fn nothing_is_held_while_nothing_is_half_read() {
        let mut reader = FrameReader::new(1000);
        reader.buffer().extend_from_slice(&frame(FIN | TEXT, b"a"));
        assert!(reader.next().unwrap().is_some());
        assert_eq!(reader.next(), Ok(None));
        assert_eq!(reader.buffer.capacity(), 0);
    }
}
