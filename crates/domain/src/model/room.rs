//! A place with a timeline.

use std::fmt;
use std::str::FromStr;

use super::{
    EditWindow, Id, InvalidValue, Membership, ReadState, RoomId, RoomName, RoomRev, RoomSeq, Timestamp, Topic, UserId,
};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident => $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// Gives the word used on the wire and in stores.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::model::InvalidValue;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::model::InvalidValue::Malformed {
                        expected: concat!("one of", $(" ", $text),+),
                    }),
                }
            }
        }
    };
}
pub(super) use words;

words! {
    /// Who can find, enter and write in a room.
    RoomKind {
        /// Everybody finds it, reads it and joins by themselves.
        Public => "public",
        /// Only members know that it exists.
        Private => "private",
        /// Everybody finds it and joins; only moderators and above write.
        Announce => "announce",
        /// Exactly two people.
        Direct => "direct",
        /// A few people without a room name.
        Group => "group",
        /// Notes of one person to themselves.
        SelfNotes => "self",
    }
}

impl RoomKind {
    /// Tells whether people who aren't members can find and read such a room.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Public | Self::Announce)
    }

    /// Tells whether such a room is a conversation of a few people who are all equal.
    pub const fn is_conversation(self) -> bool {
        matches!(self, Self::Direct | Self::Group | Self::SelfNotes)
    }
}

/// A place with a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Names the room for ever.
    pub id: RoomId,
    /// Its name, unique among rooms; none for direct and group conversations.
    pub name: Option<RoomName>,
    /// Who can find, enter and write.
    pub kind: RoomKind,
    /// What it is about.
    pub topic: Topic,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it became read-only, if it is.
    pub archived_at: Option<Timestamp>,
    /// For how long messages can be edited; without it, for ever.
    pub edit_window: Option<EditWindow>,
}

impl Room {
    /// Gives the name, or the id where a room has none: what messages call `room`.
    pub fn label(&self) -> String {
        self.name.as_ref().map_or_else(|| self.id.to_string(), |name| name.as_str().to_owned())
    }
}

/// A room to be made, with its first member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRoom {
    /// The room.
    pub room: Room,
    /// Its first member, who owns it.
    pub owner: UserId,
}

/// The last numbers given out in a room; zero before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RoomHead {
    /// The place of the newest message.
    pub seq: RoomSeq,
    /// The number of the newest change.
    pub rev: RoomRev,
}

/// A room with what depends on who looks: the one read that every decision in a room needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomAccess {
    /// The room.
    pub room: Room,
    /// The looker's membership, if they are a member.
    pub membership: Option<Membership>,
}

/// A room as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomOverview {
    /// The room and the looker's place in it.
    pub access: RoomAccess,
    /// Its last numbers.
    pub head: RoomHead,
    /// How many members it has.
    pub member_count: u64,
    /// How far the looker has read, if they are a member.
    pub read_state: Option<ReadState>,
}

/// How a request names a room: by id or by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RoomRef {
    /// By id.
    Id(RoomId),
    /// By name.
    Name(RoomName),
}

impl FromStr for RoomRef {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match text.parse::<Id>() {
            Ok(id) => Ok(Self::Id(RoomId::new(id))),
            Err(_) => RoomName::parse(text).map(Self::Name),
        }
    }
}

impl fmt::Display for RoomRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => fmt::Display::fmt(id, f),
            Self::Name(name) => f.write_str(name.as_str()),
        }
    }
}
