//! A side conversation that one message began.

use super::{Message, RoomSeq};

/// Replies of a thread, oldest first, tombstones included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadPage {
    /// The replies, ascending by `seq`.
    pub items: Vec<Message>,
    /// Whether the same question after the last item would find more.
    pub more: bool,
}

/// What is known of a thread, derived whenever it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ThreadSummary {
    /// How many replies there are that weren't deleted.
    pub replies: u64,
    /// The place of the newest of those; zero without any.
    pub last_seq: RoomSeq,
    /// Whether the looker follows the thread: as they chose, else whether they wrote its first message or a reply,
    /// deleted or not.
    pub following: bool,
}
