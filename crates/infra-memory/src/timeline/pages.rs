//! Pages of a timeline, by place and by change.

use std::ops::Bound;

use domain::model::{ChangesPage, Message, MessageId, MessagePage, PageAnchor, PageSize, RoomRev, RoomSeq, ThreadPage};

use super::{Timeline, count};

impl Timeline {
    /// Gives a page, tombstones included. An empty page is judged by its anchor.
    pub(crate) fn page(&self, anchor: PageAnchor, size: PageSize) -> MessagePage {
        let size = size.get();
        let all = self.messages.len();
        // Items are all[start..end]; a place in that list is the number of messages before it.
        let (start, end) = match anchor {
            PageAnchor::Latest => (all.saturating_sub(size), all),
            PageAnchor::Before(seq) => {
                let end = count(seq).saturating_sub(1).min(all);
                (end.saturating_sub(size), end)
            }
            PageAnchor::After(seq) => {
                let start = count(seq).min(all);
                (start, start.saturating_add(size).min(all))
            }
            PageAnchor::Around(seq) => {
                let middle = count(seq).saturating_sub(1).min(all);
                let half = size / 2;
                (middle.saturating_sub(half), middle.saturating_add(size - half).min(all))
            }
        };
        let items = self.messages[start..end].iter().map(|message| self.shown(message)).collect();
        MessagePage { items, head: self.head, has_before: start > 0, has_after: end < all }
    }

    /// Gives the newest live messages before that place, oldest first.
    pub(crate) fn latest_live(&self, before: Option<RoomSeq>, size: PageSize) -> Vec<Message> {
        let live = self.backwards(before).filter(|message| !message.is_deleted());
        let mut items: Vec<Message> = live.take(size.get()).map(|message| self.shown(message)).collect();
        items.reverse();
        items
    }

    /// Gives the pinned messages before that place, newest first.
    pub(crate) fn pinned(&self, before: Option<RoomSeq>, size: PageSize) -> Vec<Message> {
        let is_pinned = |message: &&Message| message.content().is_some_and(|content| content.pin.is_some());
        let pinned = self.backwards(before).filter(is_pinned);
        pinned.take(size.get()).map(|message| self.shown(message)).collect()
    }

    /// Gives the messages whose latest change is after that one, by change.
    pub(crate) fn changes(&self, after: RoomRev, size: PageSize) -> ChangesPage {
        let mut later =
            self.by_rev.range((Bound::Excluded(after), Bound::Unbounded)).filter_map(|(_, seq)| self.get(*seq));
        let items = later.by_ref().take(size.get()).collect();
        ChangesPage { items, head: self.head, more: later.next().is_some() }
    }

    /// Gives the replies of a thread after that place, oldest first.
    pub(crate) fn replies(&self, root: MessageId, after: RoomSeq, size: PageSize) -> ThreadPage {
        let mut later = self.places_of(root).iter().filter(|seq| **seq > after).filter_map(|seq| self.get(*seq));
        let items = later.by_ref().take(size.get()).collect();
        ThreadPage { items, more: later.next().is_some() }
    }

    /// Gives the stored replies of a thread, tombstones included, oldest first.
    pub(super) fn thread(&self, root: MessageId) -> impl DoubleEndedIterator<Item = &Message> {
        self.places_of(root).iter().filter_map(|seq| self.stored(*seq))
    }

    fn places_of(&self, root: MessageId) -> &[RoomSeq] {
        self.threads.get(&root).map(Vec::as_slice).unwrap_or_default()
    }

    /// Gives the stored messages before that place, newest first.
    fn backwards(&self, before: Option<RoomSeq>) -> impl Iterator<Item = &Message> {
        let all = self.messages.len();
        let end = before.map_or(all, |seq| count(seq).saturating_sub(1).min(all));
        self.messages[..end].iter().rev()
    }
}
