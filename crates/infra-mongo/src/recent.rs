//! What this node told its own subscribers a moment ago, so that the change stream needn't tell them again.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use domain::model::{MessageId, RoomRev};

/// How many are remembered: more than a node writes while a change stream is a second behind.
const CAPACITY: usize = 16_384;

type Change = (MessageId, RoomRev);

/// A bounded set of changes. Forgetting one only means that it is told twice.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    changes: HashSet<Change>,
    oldest_first: VecDeque<Change>,
}

impl Recent {
    /// Notes a change that was told.
    pub(crate) fn note(&self, id: MessageId, rev: RoomRev) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.changes.insert((id, rev)) {
            return;
        }
        known.oldest_first.push_back((id, rev));
        if known.oldest_first.len() > CAPACITY
            && let Some(oldest) = known.oldest_first.pop_front()
        {
            known.changes.remove(&oldest);
        }
    }

    /// Tells whether a change was told.
    pub(crate) fn knows(&self, id: MessageId, rev: RoomRev) -> bool {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).changes.contains(&(id, rev))
    }
}

#[cfg(test)]
mod tests {
    use domain::model::Id;

    use super::*;

    #[test]
    fn what_was_noted_is_known_until_many_others_were() {
        let recent = Recent::default();
        let id = MessageId::new(Id::from_bytes([1; 12]));
        let rev = |number: usize| RoomRev::new(number as u64).unwrap();
        recent.note(id, rev(1));
        assert!(recent.knows(id, rev(1)));
        assert!(!recent.knows(id, rev(2)));
        for number in 2..CAPACITY + 2 {
            recent.note(id, rev(number));
        }
        assert!(!recent.knows(id, rev(1)));
        assert!(recent.knows(id, rev(2)));
    }
}
