//! The timeline of one room: the two numbers, nonces and pages, without any locking.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use domain::model::{
    ChangesPage, Message, MessagePage, MessageState, NewMessage, Nonce, PageAnchor, PageSize, RoomHead, RoomRev,
    RoomSeq, UserId,
};
use domain::port::{AppendError, Appended};

/// The messages and tombstones of one room. The message with `seq` n is at place n − 1.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    messages: Vec<Message>,
    head: RoomHead,
    /// Where the message is whose latest change has that number.
    by_rev: BTreeMap<RoomRev, RoomSeq>,
    by_nonce: HashMap<(UserId, Nonce), RoomSeq>,
}

impl Timeline {
    /// Gives the last numbers given out.
    pub(crate) const fn head(&self) -> RoomHead {
        self.head
    }

    /// Finds what an author's nonce was used for: a repeat if the text is the same or gone.
    pub(crate) fn repeat_of(&self, new: &NewMessage) -> Option<Result<Appended, AppendError>> {
        let nonce = new.nonce.clone()?;
        let earlier = self.get(*self.by_nonce.get(&(new.author.id, nonce))?)?;
        Some(match &earlier.state {
            MessageState::Live { body } if *body != new.body => Err(AppendError::NonceReused),
            MessageState::Live { .. } | MessageState::Deleted { .. } => {
                Ok(Appended { message: earlier.clone(), duplicate: true })
            }
        })
    }

    /// Appends under the next numbers.
    pub(crate) fn append(&mut self, new: NewMessage) -> Message {
        self.head = RoomHead { seq: self.head.seq.next(), rev: self.head.rev.next() };
        let message = new.numbered(self.head.seq, self.head.rev);
        if let Some(nonce) = message.nonce.clone() {
            self.by_nonce.insert((message.author.id, nonce), message.seq);
        }
        self.by_rev.insert(message.rev, message.seq);
        self.messages.push(message.clone());
        message
    }

    /// Finds a message by its place.
    pub(crate) fn get(&self, seq: RoomSeq) -> Option<&Message> {
        self.messages.get(count(seq).checked_sub(1)?)
    }

    /// Replaces a live message by its tombstone under the next `rev`.
    pub(crate) fn bury(&mut self, seq: RoomSeq, state: MessageState) -> Option<Message> {
        let rev = self.head.rev.next();
        let message = self.messages.get_mut(count(seq).checked_sub(1)?).filter(|message| !message.is_deleted())?;
        self.by_rev.remove(&message.rev);
        self.by_rev.insert(rev, seq);
        self.head.rev = rev;
        message.rev = rev;
        message.state = state;
        Some(message.clone())
    }

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
        let items = self.messages[start..end].to_vec();
        MessagePage { items, head: self.head, has_before: start > 0, has_after: end < all }
    }

    /// Gives the newest live messages before that place, oldest first.
    pub(crate) fn latest_live(&self, before: Option<RoomSeq>, size: PageSize) -> Vec<Message> {
        let all = self.messages.len();
        let end = before.map_or(all, |seq| count(seq).saturating_sub(1).min(all));
        let live = self.messages[..end].iter().rev().filter(|message| !message.is_deleted());
        let mut items: Vec<Message> = live.take(size.get()).cloned().collect();
        items.reverse();
        items
    }

    /// Gives the messages whose latest change is after that one, by change.
    pub(crate) fn changes(&self, after: RoomRev, size: PageSize) -> ChangesPage {
        let mut later =
            self.by_rev.range((Bound::Excluded(after), Bound::Unbounded)).filter_map(|(_, seq)| self.get(*seq));
        let items = later.by_ref().take(size.get()).cloned().collect();
        ChangesPage { items, head: self.head, more: later.next().is_some() }
    }
}

/// Gives the number as a number of messages, at most as many as a list can have.
fn count(seq: RoomSeq) -> usize {
    usize::try_from(seq.get()).unwrap_or(usize::MAX)
}
