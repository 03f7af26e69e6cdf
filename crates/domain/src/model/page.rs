//! Windows on a timeline.

use super::{Message, RoomHead, RoomSeq};

/// Where a page of messages lies. Cursors are exclusive, except that `Around` includes its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageAnchor {
    /// The newest messages.
    Latest,
    /// The messages just before this one.
    Before(RoomSeq),
    /// The messages just after this one.
    After(RoomSeq),
    /// This message with half a page on each side.
    Around(RoomSeq),
}

/// How many items a page has at most: 1 up to a maximum of its kind. Out-of-range wishes are clamped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(u16);

impl PageSize {
    /// Clamps a wish into 1..=`max`.
    pub fn clamped(wish: Option<u64>, default: u16, max: u16) -> Self {
        let wish = wish.unwrap_or(u64::from(default)).clamp(1, u64::from(max.max(1)));
        Self(u16::try_from(wish).unwrap_or(max))
    }

    /// Gives the number of items.
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

/// A page of messages, tombstones included, ascending by `seq`, without gaps. An empty page lies where its anchor
/// says: before the first message there are others after it, after the last there are others before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessagePage {
    /// The messages, oldest first.
    pub items: Vec<Message>,
    /// The room's last numbers, read no later than the items.
    pub head: RoomHead,
    /// Whether there are messages before the first item.
    pub has_before: bool,
    /// Whether there are messages after the last item.
    pub has_after: bool,
}

/// A page of changes: each message that changed, once, as it is now, ascending by `rev`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangesPage {
    /// The messages, by their latest change.
    pub items: Vec<Message>,
    /// The room's last numbers, read no later than the items: an item may be ahead of it, never missing below it.
    pub head: RoomHead,
    /// Whether the same question after the last item's `rev` would find more.
    pub more: bool,
}
