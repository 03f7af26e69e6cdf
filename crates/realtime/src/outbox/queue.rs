//! Encoded frames that wait to be sent.

use bytes::Bytes;

/// The most frames that wait.
pub(crate) const MAX_FRAMES: usize = 256;
/// The most bytes that wait.
pub(crate) const MAX_BYTES: usize = 1024 * 1024;

/// Encoded frames that wait to be sent, in their order.
#[derive(Debug, Default)]
pub(super) struct Queue {
    frames: Vec<Bytes>,
    bytes: usize,
}

impl Queue {
    /// Tells whether another frame of that size may wait.
    pub(super) fn fits(&self, size: usize) -> bool {
        self.frames.len() < MAX_FRAMES && self.bytes + size <= MAX_BYTES
    }

    /// Tells whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Adds a frame, whether it fits or not.
    pub(super) fn push(&mut self, frame: Bytes) {
        self.bytes += frame.len();
        self.frames.push(frame);
    }

    /// Moves everything out.
    pub(super) fn take(&mut self, into: &mut Vec<Bytes>) {
        self.bytes = 0;
        if into.is_empty() {
            std::mem::swap(into, &mut self.frames);
        } else {
            into.append(&mut self.frames);
        }
    }
}
