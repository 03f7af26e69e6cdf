//! Frames that are encoded once and shared by everybody who gets them.

use bytes::Bytes;
use domain::model::{Message, RoomRev, UserId};
use metrics::counter;
use protocol::SeedFrame;

/// One event, encoded. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// The change it tells of; none for what isn't part of the timeline.
    pub(crate) rev: Option<RoomRev>,
    everybody: Bytes,
    /// The author's own form, where it differs.
    author: Option<(UserId, Bytes)>,
}

impl Frame {
    /// Encodes a message's latest change. Only a message with a nonce has a second form, for its author.
    pub(crate) fn timeline(message: &Message, room: &str) -> Self {
        let everybody = encode(&SeedFrame::timeline(message, room, None));
        let author = (message.nonce.is_some() && !message.is_deleted()).then(|| {
            let viewer = message.author.id;
            (viewer, encode(&SeedFrame::timeline(message, room, Some(viewer))))
        });
        Self { rev: Some(message.rev), everybody, author }
    }

    /// Encodes something that isn't part of the timeline, the same for everybody.
    pub(crate) fn transient(frame: &SeedFrame) -> Self {
        Self { rev: None, everybody: encode(frame), author: None }
    }

    /// Gives the bytes for one viewer.
    pub(crate) fn bytes_for(&self, viewer: UserId) -> &Bytes {
        match &self.author {
            Some((author, bytes)) if *author == viewer => bytes,
            _ => &self.everybody,
        }
    }
}

fn encode(frame: &SeedFrame) -> Bytes {
    counter!("chinwag_frames_encoded_total").increment(1);
    Bytes::from(frame.encode())
}
