//! What a gateway tells its user.

use std::collections::BTreeMap;
use std::time::Duration;

use protocol::{
    HelloFrame, MarkerDto, MemberFrame, MessageDto, PresenceDto, PublicUserDto, ReceiptFrame, RoomDto, TypingFrame,
};

/// Something that happened. Each is told after the replica knows it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum GatewayEvent {
    /// A connection stands; what was missed is being asked for.
    Connected(Box<HelloFrame>),
    /// The connection ended, and another one is tried after a while.
    Disconnected {
        /// The close code; 1006 if the connection just ended or never stood.
        code: u16,
        /// How long it waits.
        retry_in: Duration,
    },
    /// Events were left out because they weren't taken in time. The replica has them.
    Missed,
    /// Everything that had been missed in these rooms was told; by room, up to which `rev`.
    Synced(BTreeMap<String, u64>),
    /// A message was posted. After an absence they come by `rev`, not by `seq`, and as they are now.
    Message(Box<MessageDto>),
    /// A message was changed.
    Updated {
        /// The message as it is now.
        message: Box<MessageDto>,
        /// `edit`, `reaction`, `pin` or `preview`; none if it isn't known what has happened meanwhile.
        change: Option<String>,
    },
    /// A message was deleted; this is its tombstone. After an absence it may be one that was never told.
    Deleted(Box<MessageDto>),
    /// A room's timeline begins anew with its newest messages; those in between are to be asked for if needed.
    Reset {
        /// Which room.
        room_id: String,
        /// The number of its newest message.
        head_seq: u64,
    },
    /// The user belongs to this room, which is new or changed.
    Room(Box<RoomDto>),
    /// The user doesn't belong to a room any more.
    RoomRemoved {
        /// Which room.
        room_id: String,
    },
    /// Somebody came to a room, left it, or has another role.
    Member(MemberFrame),
    /// The user's own read position.
    Marker(MarkerDto),
    /// Read positions of others.
    Receipt(ReceiptFrame),
    /// What is known of a user changed.
    User(PublicUserDto),
    /// Who is writing.
    Typing(TypingFrame),
    /// Whose presence changed.
    Presence(BTreeMap<String, PresenceDto>),
}
