//! What is stored at the end: the truth that everything else is held against.

use std::collections::BTreeMap;

use protocol::MessageDto;

/// One room as the server gives it out after the run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredRoom {
    /// Every message and tombstone, in the order in which the pages gave them.
    pub messages: Vec<MessageDto>,
    /// The number of the newest message.
    pub head_seq: u64,
    /// The number of the newest change.
    pub head_rev: u64,
}

/// Every room of the run, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Store {
    /// The rooms.
    pub rooms: BTreeMap<String, StoredRoom>,
}

impl Store {
    /// Gives every message of every room.
    pub fn messages(&self) -> impl Iterator<Item = &MessageDto> {
        self.rooms.values().flat_map(|room| &room.messages)
    }
}
