//! How far somebody has read.

use super::{RoomId, RoomSeq, UserId};

/// How far a member has read, and what that leaves. The counts are derived from the timeline whenever they are asked
/// for; nobody keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadState {
    /// The last message the member has read; everything up to it is read. Zero before the first.
    pub read_seq: RoomSeq,
    /// How many messages after it others wrote and didn't delete; what the server says doesn't count.
    pub unread: u64,
    /// How many of those call the member, by name or with everybody.
    pub mentions: u64,
}

/// A read position to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker {
    /// In which room.
    pub room_id: RoomId,
    /// Whose.
    pub user_id: UserId,
    /// The last message that is read.
    pub seq: RoomSeq,
    /// Whether the position may go back: «mark unread». Without it a smaller `seq` changes nothing.
    pub back: bool,
}

/// A member's read position as others may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Whose.
    pub user_id: UserId,
    /// The last message they have read.
    pub read_seq: RoomSeq,
}

impl Receipt {
    /// The most members of a room in which positions are shown to others: beyond, it would cost more than it tells.
    pub const MAX_MEMBERS: u64 = 200;
}
