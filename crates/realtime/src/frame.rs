//! Frames that are encoded once and shared by everybody who gets them.

use bytes::Bytes;
use domain::model::{Message, RoomRev, UserId};
use metrics::counter;
use protocol::{ChangesFrame, GatewayFrame, MessageDto, SeedFrame};

/// One event of a room, encoded. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) enum Frame {
    /// A change to the timeline.
    Timeline(TimelineFrame),
    /// Who came or went, for the seed's socket only.
    Notice(Bytes),
    /// Who belongs to the room, for the gateway only.
    Member(Bytes),
    /// Who is writing, for the gateway only.
    Typing(Bytes),
}

/// A change to a timeline, encoded.
#[derive(Debug, Clone)]
pub(crate) struct TimelineFrame {
    pub(crate) rev: RoomRev,
    gateway: Forms,
    /// How the seed's socket tells of it; none for what its clients don't know.
    seed: Option<Forms>,
}

/// The same for everybody, but for what concerns only the author.
#[derive(Debug, Clone)]
struct Forms {
    everybody: Bytes,
    author: Option<(UserId, Bytes)>,
}

/// How a connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// As the seed's socket.
    Seed,
    /// As the gateway.
    Gateway,
}

impl TimelineFrame {
    /// Encodes a message's latest change for connections that have everything up to `after`. `before` is the change
    /// that was given out before this one: where numbers lie between, they belong to changes that later ones replaced.
    pub(crate) fn new(message: &Message, room: &str, (before, after): (RoomRev, RoomRev)) -> Self {
        let follows = message.rev <= before.next();
        let gateway = Forms::of(message, |viewer| {
            // One that doesn't follow says itself which numbers it stands for, so that nobody takes them for missing.
            encode(&if follows {
                GatewayFrame::timeline(message, room, viewer)
            } else {
                changes(message, room, before, viewer)
            })
        });
        let is_new = message.posted_rev > after;
        let seed = if message.is_deleted() {
            Some(Forms { everybody: encode_seed(&SeedFrame::timeline(message, room, None)), author: None })
        } else if message.rev == message.posted_rev && follows {
            // A new message looks the same to both.
            Some(gateway.clone())
        } else if is_new {
            // It was changed before anybody saw it: to clients that know no changes it is a new message.
            Some(Forms::of(message, |viewer| encode_seed(&SeedFrame::timeline(message, room, viewer))))
        } else {
            None
        };
        Self { rev: message.rev, gateway, seed }
    }

    /// Gives the bytes for one viewer; none if they aren't told.
    pub(crate) fn bytes_for(&self, dialect: Dialect, viewer: UserId) -> Option<&Bytes> {
        match dialect {
            Dialect::Gateway => Some(self.gateway.bytes_for(viewer)),
            Dialect::Seed => self.seed.as_ref().map(|forms| forms.bytes_for(viewer)),
        }
    }
}

impl Forms {
    /// Only a message with a nonce has a second form, for its author.
    fn of(message: &Message, encode: impl Fn(Option<UserId>) -> Bytes) -> Self {
        let author = (message.nonce.is_some() && !message.is_deleted()).then(|| {
            let viewer = message.author.id;
            (viewer, encode(Some(viewer)))
        });
        Self { everybody: encode(None), author }
    }

    fn bytes_for(&self, viewer: UserId) -> &Bytes {
        match &self.author {
            Some((author, bytes)) if *author == viewer => bytes,
            _ => &self.everybody,
        }
    }
}

/// Gives a message as all that changed after `before`.
fn changes(message: &Message, room: &str, before: RoomRev, viewer: Option<UserId>) -> GatewayFrame {
    GatewayFrame::Changes(ChangesFrame {
        room_id: message.room_id.to_string(),
        from: before.get(),
        to: message.rev.get(),
        items: vec![MessageDto::in_frame(message, room, viewer)],
    })
}

/// Encodes a frame of the gateway.
pub(crate) fn encode(frame: &GatewayFrame) -> Bytes {
    counter!("chinwag_frames_encoded_total").increment(1);
    Bytes::from(frame.encode())
}

/// Encodes a frame of the seed's socket.
pub(crate) fn encode_seed(frame: &SeedFrame) -> Bytes {
    counter!("chinwag_frames_encoded_total").increment(1);
    Bytes::from(frame.encode())
}
