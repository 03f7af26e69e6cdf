//! Puts the changes of one room in order and finds the holes.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::model::{Message, RoomRev};

/// The changes of a room as they arrive: in any order, some twice, some never. Pure state.
#[derive(Debug)]
pub(crate) struct Timeline {
    head: RoomRev,
    early: BTreeMap<RoomRev, Arc<Message>>,
}

impl Timeline {
    /// Begins after `head`.
    pub(crate) fn new(head: RoomRev) -> Self {
        Self { head, early: BTreeMap::new() }
    }

    /// Gives the last change that was released.
    pub(crate) fn head(&self) -> RoomRev {
        self.head
    }

    /// Takes in a change; one that was released before is dropped.
    pub(crate) fn add(&mut self, message: Arc<Message>) {
        if message.rev > self.head {
            self.early.insert(message.rev, message);
        }
    }

    /// Tells whether changes wait for one that hasn't come.
    pub(crate) fn has_hole(&self) -> bool {
        !self.early.is_empty()
    }

    /// Releases the changes that follow the head without a gap.
    pub(crate) fn release(&mut self) -> Vec<Arc<Message>> {
        let mut released = Vec::new();
        while let Some(message) = self.early.remove(&self.head.next()) {
            self.head = message.rev;
            released.push(message);
        }
        released
    }

    /// Releases what the store gave for everything up to `through`, ascending by `rev`: numbers it left out
    /// belong to changes that later ones replaced.
    pub(crate) fn fill(&mut self, items: Vec<Message>, through: RoomRev) -> Vec<Arc<Message>> {
        let through = items.last().map_or(through, |last| last.rev.max(through)).max(self.head);
        let released = items.into_iter().filter(|message| message.rev > self.head).map(Arc::new).collect();
        self.head = through;
        self.early.retain(|rev, _| *rev > through);
        released
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::model::{
        Author, Id, Mentions, MessageBody, MessageId, NewMessage, RoomId, RoomSeq, Timestamp, UserId, Username,
    };

    fn change(rev: u64) -> Arc<Message> {
        let new = NewMessage {
            id: MessageId::new(Id::from_bytes([9; 12])),
            room_id: RoomId::new(Id::from_bytes([1; 12])),
            author: Author { id: UserId::new(Id::from_bytes([2; 12])), username: Username::parse("ann").unwrap() },
            body: MessageBody::parse("a").unwrap(),
            mentions: Mentions::default(),
            created_at: Timestamp::from_millis(0),
            nonce: None,
            reply_to: None,
            thread: None,
        };
        Arc::new(new.numbered(RoomSeq::new(rev).unwrap(), RoomRev::new(rev).unwrap()))
    }

    fn revs(released: &[Arc<Message>]) -> Vec<u64> {
        released.iter().map(|message| message.rev.get()).collect()
    }

    #[test]
    fn changes_out_of_order_and_doubled_come_out_once_and_in_order() {
        let mut timeline = Timeline::new(RoomRev::ZERO);
        for rev in [2, 1, 2, 3, 1] {
            timeline.add(change(rev));
        }
        assert_eq!(revs(&timeline.release()), [1, 2, 3]);
        timeline.add(change(3));
        assert!(!timeline.has_hole());
    }

    #[test]
    fn a_hole_holds_back_what_follows_until_the_store_filled_it() {
        let mut timeline = Timeline::new(RoomRev::new(4).unwrap());
        timeline.add(change(7));
        assert!(timeline.release().is_empty() && timeline.has_hole());
        // Change 5 was replaced by 7 meanwhile, so the store only has 6 and 7.
        let items = vec![(*change(6)).clone(), (*change(7)).clone()];
        assert_eq!(revs(&timeline.fill(items, RoomRev::new(7).unwrap())), [6, 7]);
        assert!(!timeline.has_hole());
        assert_eq!(timeline.head().get(), 7);
    }
}
