//! What each client holds at the end is what is stored.

use std::collections::HashMap;

use protocol::MessageDto;

use super::{Fault, Faults};
use crate::history::{History, Observer, ReplicaRoom, Store, StoredRoom};

pub(super) fn check(history: &History, store: &Store, faults: &mut Faults) {
    for observer in &history.observers {
        for (id, replica) in &observer.replica {
            let Some(stored) = store.rooms.get(id) else { continue };
            check_room(observer, (id, replica), stored, faults);
        }
    }
}

fn check_room(observer: &Observer, (id, replica): (&str, &ReplicaRoom), stored: &StoredRoom, faults: &mut Faults) {
    let name = &observer.name;
    if replica.rev != stored.head_rev {
        faults.add(Fault::Diverged, || {
            format!("{name} is at change {} of {id}, the store at {}", replica.rev, stored.head_rev)
        });
    }
    let held: HashMap<u64, &MessageDto> = replica.messages.iter().map(|message| (message.seq, message)).collect();
    if held.len() != replica.messages.len() {
        faults.add(Fault::Doubled, || format!("{name} holds a message of {id} twice"));
    }
    // A client needn't have the beginning of a long room, but from its first message on it has everything.
    let Some(first) = held.keys().min().copied() else {
        if stored.head_seq > 0 {
            faults.add(Fault::Diverged, || format!("{name} holds nothing of {id}"));
        }
        return;
    };
    for message in stored.messages.iter().filter(|message| message.seq >= first) {
        match held.get(&message.seq) {
            None => faults.add(Fault::Diverged, || format!("{name} misses message {} of {id}", message.seq)),
            Some(held) if plain(held) != plain(message) => {
                faults
                    .add(Fault::Diverged, || format!("{name} holds {:?}, stored is {:?}", plain(held), plain(message)));
            }
            Some(_) => {}
        }
    }
    if held.keys().any(|seq| *seq > stored.head_seq) {
        faults.add(Fault::Diverged, || format!("{name} holds messages of {id} beyond {}", stored.head_seq));
    }
}

/// Leaves out what depends on who reads, and the excerpt of an answered message, which is as old as the answer.
fn plain(message: &MessageDto) -> MessageDto {
    let mut plain = message.clone();
    plain.nonce = None;
    plain.reactions.iter_mut().for_each(|reaction| reaction.me = false);
    if let Some(reply_to) = &mut plain.reply_to {
        reply_to.excerpt = None;
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builders::message;

    fn diverged(rev: u64, held: Vec<MessageDto>) -> usize {
        let mut observer = Observer::new("eyes");
        observer.replica.insert("r".to_owned(), ReplicaRoom { rev, messages: held });
        let mut history = History::default();
        history.saw(observer);
        let room = StoredRoom { messages: (1..=3).map(message).collect(), head_seq: 3, head_rev: 3 };
        let mut faults = Faults::default();
        check(&history, &Store { rooms: [("r".to_owned(), room)].into() }, &mut faults);
        faults.count(Fault::Diverged)
    }

    #[test]
    fn everything_or_everything_from_some_message_on_is_right() {
        assert_eq!(diverged(3, (1..=3).map(message).collect()), 0);
        let own = MessageDto { nonce: Some("n3".to_owned()), ..message(3) };
        assert_eq!(diverged(3, vec![message(2), own]), 0);
    }

    #[test]
    fn a_missing_an_old_and_an_invented_message_are_found() {
        assert_eq!(diverged(3, vec![message(1), message(3)]), 1);
        assert_eq!(diverged(3, vec![MessageDto { content: Some("n3 old".to_owned()), ..message(3) }]), 1);
        assert_eq!(diverged(3, (1..=4).map(message).collect()), 1);
        assert_eq!(diverged(2, (1..=2).map(message).collect()), 2);
        assert_eq!(diverged(3, vec![]), 1);
    }
}
