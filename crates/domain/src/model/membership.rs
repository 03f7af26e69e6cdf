//! Who belongs to a room, and with which rights.

use super::room::words;
use super::{RoomId, Timestamp, UserId, Username};

words! {
    /// What a member may do, from most to least.
    Role {
        /// Everything, including giving the room away.
        Owner => "owner",
        /// Everything but what concerns the owner.
        Admin => "admin",
        /// Keeps order: deletes others' messages, manages members.
        Moderator => "moderator",
        /// Reads and writes.
        Member => "member",
        /// Reads and writes, invites nobody.
        Guest => "guest",
    }
}

impl Role {
    /// Tells whether this role keeps order in the room.
    pub const fn moderates(self) -> bool {
        matches!(self, Self::Owner | Self::Admin | Self::Moderator)
    }
}

/// A user's place in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The room.
    pub room_id: RoomId,
    /// The user.
    pub user_id: UserId,
    /// What the user may do there.
    pub role: Role,
    /// When the user joined.
    pub joined_at: Timestamp,
}

/// A member as lists show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The user.
    pub user_id: UserId,
    /// Their name.
    pub username: Username,
    /// What they may do.
    pub role: Role,
    /// When they joined.
    pub joined_at: Timestamp,
}
