//! Messages to bytes. Frames from a server aren't masked (RFC 6455, section 5.1).

use bytes::Bytes;
use realtime::CloseReason;
use soketto::base::{Codec, Header, OpCode};

/// Appends a text frame.
pub(super) fn text(into: &mut Vec<u8>, payload: &Bytes) {
    frame(into, OpCode::Text, payload);
}

/// Appends a ping without payload.
pub(super) fn ping(into: &mut Vec<u8>) {
    frame(into, OpCode::Ping, &[]);
}

/// Appends a pong.
pub(super) fn pong(into: &mut Vec<u8>, payload: &[u8]) {
    frame(into, OpCode::Pong, payload);
}

/// Appends a close frame.
pub(super) fn close(into: &mut Vec<u8>, reason: CloseReason) {
    let mut payload = reason.code.to_be_bytes().to_vec();
    payload.extend_from_slice(reason.reason.as_bytes());
    frame(into, OpCode::Close, &payload);
}

/// Gives how many bytes a frame of that payload takes at most.
pub(super) fn size(payload: &Bytes) -> usize {
    payload.len() + 10
}

fn frame(into: &mut Vec<u8>, opcode: OpCode, payload: &[u8]) {
    let mut header = Header::new(opcode);
    header.set_payload_len(payload.len());
    into.extend_from_slice(Codec::new().encode_header(&header));
    into.extend_from_slice(payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_take_the_shortest_form() {
        let head = |len: usize| {
            let mut bytes = Vec::new();
            text(&mut bytes, &Bytes::from(vec![b'a'; len]));
            assert!(bytes.len() <= size(&Bytes::from(vec![b'a'; len])));
            bytes.truncate(bytes.len() - len);
            bytes
        };
        assert_eq!(head(125), [0x81, 125]);
        assert_eq!(head(126), [0x81, 126, 0, 126]);
        assert_eq!(head(65536), [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn a_close_frame_has_its_code_and_reason() {
        let mut bytes = Vec::new();
        close(&mut bytes, CloseReason { code: 1012, reason: "bye" });
        assert_eq!(bytes, [0x88, 5, 3, 0xf4, b'b', b'y', b'e']);
    }
}
