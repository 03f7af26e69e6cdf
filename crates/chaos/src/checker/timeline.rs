//! The stored timeline by itself: numbers are dense and given once.

use std::collections::HashSet;

use super::{Fault, Faults};
use crate::history::{Store, StoredRoom};

pub(super) fn check(store: &Store, faults: &mut Faults) {
    let mut ids = HashSet::new();
    for (id, room) in &store.rooms {
        check_room(id, room, faults);
        for message in &room.messages {
            if !ids.insert(&message.id) {
                faults.add(Fault::Doubled, || format!("the id {} is stored twice", message.id));
            }
        }
    }
}

fn check_room(id: &str, room: &StoredRoom, faults: &mut Faults) {
    let mut expected = 1;
    let mut revs = HashSet::new();
    for message in &room.messages {
        if message.seq > expected {
            faults.add(Fault::Gap, || format!("{id}: message {} is stored after {}", message.seq, expected - 1));
        } else if message.seq < expected {
            faults.add(Fault::Disorder, || format!("{id}: message {} is stored after {}", message.seq, expected - 1));
        }
        expected = message.seq + 1;
        if !revs.insert(message.rev) {
            faults.add(Fault::Disorder, || format!("{id}: change {} is stored twice", message.rev));
        }
    }
    if room.head_seq != expected - 1 {
        faults
            .add(Fault::Gap, || format!("{id}: the last message is {}, the head says {}", expected - 1, room.head_seq));
    }
    // Every number is used once, so the newest is still the latest change of some message.
    let last = revs.into_iter().max().unwrap_or_default();
    if room.head_rev != last {
        faults.add(Fault::Gap, || format!("{id}: the last change is {last}, the head says {}", room.head_rev));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builders::message;

    fn faults(seqs: &[u64], head: u64) -> Faults {
        let room =
            StoredRoom { messages: seqs.iter().map(|seq| message(*seq)).collect(), head_seq: head, head_rev: head };
        let mut faults = Faults::default();
        check(&Store { rooms: [("r".to_owned(), room)].into() }, &mut faults);
        faults
    }

    #[test]
    fn dense_numbers_up_to_the_head_are_right() {
        assert!(faults(&[1, 2, 3], 3).is_empty());
        assert!(faults(&[], 0).is_empty());
    }

    #[test]
    fn a_missing_number_and_a_head_beyond_the_last_are_gaps() {
        assert_eq!(faults(&[1, 3], 3).count(Fault::Gap), 1);
        assert_eq!(faults(&[2, 3], 3).count(Fault::Gap), 1);
        assert_eq!(faults(&[1, 2], 3).count(Fault::Gap), 2);
    }

    #[test]
    fn a_number_given_twice_is_a_disorder_and_an_id_stored_twice_doubled() {
        let twice = faults(&[1, 2, 2], 2);
        assert_eq!((twice.count(Fault::Disorder), twice.count(Fault::Doubled)), (2, 1));
    }
}
