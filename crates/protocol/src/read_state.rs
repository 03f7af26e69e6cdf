//! Read positions on the wire.

use domain::model::{ReadState, Receipt, RoomId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A read position to be set.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MarkDto {
    /// The last message that is read, at most the room's head; 0 for none.
    pub seq: u64,
    /// `true` lets the position go back; without it a smaller `seq` changes nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unread: bool,
}

/// How far the reader has read in a room, and what that leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MarkerDto {
    /// In which room.
    pub room_id: String,
    /// The last message that is read; 0 for none.
    pub read_seq: u64,
    /// How many messages after it others wrote and didn't delete.
    pub unread: u64,
    /// How many of those call the reader.
    pub mentions: u64,
}

impl MarkerDto {
    /// Gives a read state.
    pub fn new(room_id: RoomId, state: &ReadState) -> Self {
        Self {
            room_id: room_id.to_string(),
            read_seq: state.read_seq.get(),
            unread: state.unread,
            mentions: state.mentions,
        }
    }
}

/// Somebody who has read a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReaderDto {
    /// Who.
    pub user_id: String,
    /// The last message they have read.
    pub read_seq: u64,
}

impl From<&Receipt> for ReaderDto {
    fn from(receipt: &Receipt) -> Self {
        Self { user_id: receipt.user_id.to_string(), read_seq: receipt.read_seq.get() }
    }
}
