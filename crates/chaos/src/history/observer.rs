//! One client's eyes: every frame that comes in is written down, and judged by its numbers alone.
//!
//! It doesn't trust the client library to have noticed a hole: it counts on its own.

use std::collections::BTreeMap;

use protocol::{GatewayFrame, MessageDto};

/// A message as it was shown in some frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// In which room, as a place in [`Observer::room_ids`].
    pub room: usize,
    /// The number of the change.
    pub rev: u64,
    /// The message's place.
    pub seq: u64,
    /// The message's id.
    pub id: String,
}

/// What was wrong with how frames came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// A number was left out.
    Gap,
    /// A number came again that nobody had asked for.
    Repeat,
    /// Numbers came in a wrong order.
    Disorder,
}

/// One room as the client holds it at the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplicaRoom {
    /// The change up to which the client believes to know everything.
    pub rev: u64,
    /// The messages it holds, ascending by `seq`.
    pub messages: Vec<MessageDto>,
}

/// Where a room stands.
#[derive(Debug, Clone, Copy)]
struct Position {
    /// The last change up to which nothing is missing.
    rev: u64,
    /// Whether a hole was seen that no `changes` filled yet; it is counted once.
    broken: bool,
}

/// What one client saw.
#[derive(Debug, Clone, Default)]
pub struct Observer {
    /// Who it is, for people.
    pub name: String,
    /// The rooms that sightings point to.
    pub room_ids: Vec<String>,
    /// Everything shown, in the order in which it was.
    pub sightings: Vec<Sighting>,
    /// What was wrong, with words.
    pub faults: Vec<(Delivery, String)>,
    /// How many frames with messages came live.
    pub live: u64,
    /// What the client holds at the end, by room id; set by whoever ran it.
    pub replica: BTreeMap<String, ReplicaRoom>,
    positions: BTreeMap<String, Position>,
    epoch: Option<String>,
}

impl Observer {
    /// Begins to watch.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Says that the client asks for everything in these rooms from their beginning.
    pub fn follow(&mut self, rooms: &[String]) {
        for room in rooms {
            self.stand_at(room, 0);
        }
    }

    /// Gives how far the frames of a room reach without a hole.
    pub fn position(&self, room_id: &str) -> Option<u64> {
        self.positions.get(room_id).map(|position| position.rev)
    }

    /// Counts faults of one kind.
    pub fn count(&self, kind: Delivery) -> usize {
        self.faults.iter().filter(|(found, _)| *found == kind).count()
    }

    /// Takes in a frame.
    pub fn frame(&mut self, frame: &GatewayFrame) {
        match frame {
            GatewayFrame::Hello(hello) => {
                // Numbers of another data set mean nothing any more.
                if self.epoch.as_ref().is_some_and(|epoch| *epoch != hello.epoch) {
                    self.positions.clear();
                }
                self.epoch = Some(hello.epoch.clone());
            }
            GatewayFrame::Changes(changes) => {
                self.changes(&changes.room_id, (changes.from, changes.to), &changes.items);
            }
            GatewayFrame::Reset(reset) => {
                self.sight_all(&reset.room_id, &reset.items);
                self.stand_at(&reset.room_id, reset.head_rev);
            }
            GatewayFrame::Synced(synced) => self.synced(&synced.heads),
            GatewayFrame::Message(message) | GatewayFrame::MessageDeleted(message) => self.live(message),
            GatewayFrame::MessageUpdated(updated) => self.live(&updated.message),
            GatewayFrame::RoomRemoved(removed) => {
                self.positions.remove(&removed.room_id);
            }
            _ => {}
        }
    }

    fn live(&mut self, message: &MessageDto) {
        self.live += 1;
        let rev = message.rev;
        let what = |fault: &str, last: u64| format!("{fault} in {}: change {rev} after {last}", message.room);
        match self.positions.get(&message.room_id).copied() {
            None => {
                self.fault(Delivery::Gap, &what("nothing of what was before", 0));
                self.stand_at(&message.room_id, rev);
            }
            Some(Position { rev: last, .. }) if rev == last + 1 => self.stand_at(&message.room_id, rev),
            Some(Position { rev: last, broken }) if rev > last => {
                if !broken {
                    self.fault(Delivery::Gap, &what("gap", last));
                    self.positions.insert(message.room_id.clone(), Position { rev: last, broken: true });
                }
            }
            Some(Position { rev: last, .. }) => self.fault(Delivery::Repeat, &what("repeat", last)),
        }
        self.sight(message);
    }

    fn changes(&mut self, room_id: &str, (from, to): (u64, u64), items: &[MessageDto]) {
        let known = self.position(room_id).unwrap_or_default();
        if from > known {
            self.fault(Delivery::Gap, &format!("gap in {room_id}: changes after {from}, but only {known} is known"));
        }
        let mut last = from;
        for item in items {
            if item.rev <= last || item.rev > to {
                let text = format!("disorder in {room_id}: change {} after {last} in changes up to {to}", item.rev);
                self.fault(Delivery::Disorder, &text);
            }
            last = item.rev;
        }
        self.sight_all(room_id, items);
        self.stand_at(room_id, to.max(known));
    }

    /// The server says that everything up to these changes was sent.
    fn synced(&mut self, heads: &BTreeMap<String, u64>) {
        for (room_id, head) in heads {
            let known = self.position(room_id).unwrap_or_default();
            if known < *head {
                self.fault(Delivery::Gap, &format!("gap in {room_id}: synced up to {head}, but {known} is known"));
            }
        }
    }

    fn stand_at(&mut self, room_id: &str, rev: u64) {
        self.positions.insert(room_id.to_owned(), Position { rev, broken: false });
    }

    fn sight_all(&mut self, room_id: &str, items: &[MessageDto]) {
        for item in items {
            if item.room_id != room_id {
                self.fault(Delivery::Disorder, &format!("{} of {} came in {room_id}", item.id, item.room_id));
            }
            self.sight(item);
        }
    }

    fn sight(&mut self, message: &MessageDto) {
        let known = self.room_ids.iter().position(|id| *id == message.room_id);
        let room = known.unwrap_or_else(|| {
            self.room_ids.push(message.room_id.clone());
            self.room_ids.len() - 1
        });
        self.sightings.push(Sighting { room, rev: message.rev, seq: message.seq, id: message.id.clone() });
    }

    /// Notes that something was wrong.
    pub fn fault(&mut self, kind: Delivery, text: &str) {
        self.faults.push((kind, format!("{}: {text}", self.name)));
    }
}

#[cfg(test)]
mod tests {
    use protocol::{ChangesFrame, ResetFrame};

    use super::*;
    use crate::builders::message;

    fn changes(from: u64, to: u64, items: Vec<MessageDto>) -> GatewayFrame {
        GatewayFrame::Changes(ChangesFrame { room_id: "r".to_owned(), from, to, items })
    }

    fn live(seq: u64) -> GatewayFrame {
        GatewayFrame::Message(Box::new(message(seq)))
    }

    fn watch(frames: &[GatewayFrame]) -> Observer {
        let mut observer = Observer::new("eyes");
        observer.follow(&["r".to_owned()]);
        for frame in frames {
            observer.frame(frame);
        }
        observer
    }

    #[test]
    fn catching_up_and_then_live_is_without_fault() {
        let seen = watch(&[changes(0, 2, vec![message(1), message(2)]), live(3), live(4)]);
        assert_eq!((seen.faults.len(), seen.position("r"), seen.sightings.len(), seen.live), (0, Some(4), 4, 2));
    }

    #[test]
    fn a_hole_is_a_gap_once_and_is_over_when_it_was_filled() {
        let seen = watch(&[changes(0, 1, vec![message(1)]), live(3), live(4), changes(1, 4, vec![]), live(5)]);
        assert_eq!((seen.count(Delivery::Gap), seen.faults.len(), seen.position("r")), (1, 1, Some(5)));
    }

    #[test]
    fn what_comes_again_is_a_repeat() {
        let seen = watch(&[changes(0, 1, vec![message(1)]), live(2), live(2)]);
        assert_eq!((seen.count(Delivery::Repeat), seen.faults.len()), (1, 1));
    }

    #[test]
    fn changes_that_begin_too_late_are_a_gap_and_unordered_ones_a_disorder() {
        let seen = watch(&[changes(1, 2, vec![message(2)]), changes(2, 4, vec![message(4), message(3)])]);
        assert_eq!((seen.count(Delivery::Gap), seen.count(Delivery::Disorder)), (1, 1));
    }

    #[test]
    fn a_reset_begins_anew() {
        let reset = GatewayFrame::Reset(ResetFrame {
            room_id: "r".to_owned(),
            items: vec![message(9)],
            head_seq: 9,
            head_rev: 9,
        });
        let seen = watch(&[live(1), reset, live(10)]);
        assert_eq!((seen.faults.len(), seen.position("r")), (0, Some(10)));
    }

    #[test]
    fn a_room_that_begins_in_the_middle_is_a_gap() {
        let mut observer = Observer::new("eyes");
        observer.frame(&live(3));
        assert_eq!((observer.count(Delivery::Gap), observer.position("r")), (1, Some(3)));
    }

    #[test]
    fn to_say_that_everything_was_sent_when_it_was_not_is_a_gap() {
        let synced = |head| GatewayFrame::Synced(protocol::SyncedFrame { heads: [("r".to_owned(), head)].into() });
        assert!(watch(&[changes(0, 2, vec![message(2)]), synced(2)]).faults.is_empty());
        assert_eq!(watch(&[changes(0, 2, vec![message(2)]), synced(3)]).count(Delivery::Gap), 1);
    }
}
