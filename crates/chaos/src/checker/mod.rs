//! Holds what clients did and saw against what is stored. Pure: it reads a history and gives a report.

mod changes;
mod fault;
mod replicas;
mod sends;
mod sightings;
mod timeline;

pub use fault::{Fault, Faults};

use crate::history::{Delivery, History, Store};

/// What a run is allowed to look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Every frame arrives: a hole in what a client sees is a fault.
    EveryFrame,
    /// Frames are dropped on purpose: holes are to be expected, and only the end counts.
    LostFrames,
}

/// The counts of a run, and what is wrong.
#[derive(Debug, Default)]
pub struct Report {
    /// How many messages are stored.
    pub messages: usize,
    /// How many intents to send were acknowledged.
    pub acknowledged: usize,
    /// How many intents to send were refused.
    pub refused: usize,
    /// How many edits, deletions and reactions were acknowledged.
    pub changes: usize,
    /// How often a message was shown to anybody.
    pub sightings: usize,
    /// What is wrong.
    pub faults: Faults,
}

impl Report {
    /// Tells whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Checks a run: nothing acknowledged is lost, nothing is there twice, nothing refused or never stored was shown, `seq`
/// runs from 1 without gaps, everybody saw one order without holes, and what everybody holds is what is stored.
pub fn check(history: &History, store: &Store, expect: Expect) -> Report {
    let mut report = Report { messages: store.messages().count(), ..Report::default() };
    timeline::check(store, &mut report.faults);
    sends::check(history, store, &mut report);
    changes::check(history, store, &mut report);
    sightings::check(history, store, &mut report);
    replicas::check(history, store, &mut report.faults);
    for (kind, text) in history.observers.iter().flat_map(|observer| &observer.faults) {
        let fault = match kind {
            Delivery::Gap => Fault::Gap,
            Delivery::Repeat => Fault::Doubled,
            Delivery::Disorder => Fault::Disorder,
        };
        if expect == Expect::EveryFrame || fault == Fault::Disorder {
            report.faults.add(fault, || text.clone());
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use protocol::GatewayFrame;

    use super::*;
    use crate::builders::message;
    use crate::history::{Observer, StoredRoom};

    #[test]
    fn holes_count_only_where_every_frame_should_arrive() {
        let mut observer = Observer::new("eyes");
        observer.frame(&GatewayFrame::Changes(protocol::ChangesFrame {
            room_id: "r".to_owned(),
            from: 0,
            to: 1,
            items: vec![message(1)],
        }));
        observer.frame(&GatewayFrame::Message(Box::new(message(3))));
        let mut history = History::default();
        history.saw(observer);
        let room = StoredRoom { messages: (1..=3).map(message).collect(), head_seq: 3, head_rev: 3 };
        let store = Store { rooms: [("r".to_owned(), room)].into() };
        // Nobody claimed to have sent these messages.
        let count = |expect| check(&history, &store, expect).faults.count(Fault::Gap);
        assert_eq!((count(Expect::EveryFrame), count(Expect::LostFrames)), (1, 0));
    }
}
