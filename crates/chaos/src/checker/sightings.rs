//! What was shown: one order for everybody, and nothing that isn't stored.

use std::collections::HashMap;

use super::{Fault, Report};
use crate::history::{History, Observer, Sighting, Store, StoredRoom};

pub(super) fn check(history: &History, store: &Store, report: &mut Report) {
    // Who saw which message under a number of a change first; all others must have seen the same one there.
    let mut by_rev: HashMap<(&str, u64), (&str, &str)> = HashMap::new();
    for observer in &history.observers {
        report.sightings += observer.sightings.len();
        for sighting in &observer.sightings {
            let room_id = observer.room_ids[sighting.room].as_str();
            let first = by_rev.entry((room_id, sighting.rev)).or_insert((&sighting.id, &observer.name));
            if first.0 != sighting.id {
                report.faults.add(Fault::Disorder, || {
                    let (id, name) = first;
                    format!(
                        "change {} of {room_id}: {name} saw {id}, {} saw {}",
                        sighting.rev, observer.name, sighting.id
                    )
                });
            }
            if let Some(room) = store.rooms.get(room_id)
                && let Some(why) = unlike(sighting, room)
            {
                let text = describe(observer, sighting, room_id);
                report.faults.add(Fault::Ghost, || format!("{text}, but {why}"));
            }
        }
    }
}

/// Tells what is wrong with a sighting in the light of what is stored.
fn unlike(sighting: &Sighting, room: &StoredRoom) -> Option<String> {
    let place = usize::try_from(sighting.seq).unwrap_or(usize::MAX).wrapping_sub(1);
    match room.messages.get(place) {
        None => Some(format!("only {} messages are stored", room.messages.len())),
        Some(stored) if stored.id != sighting.id => Some(format!("{} is stored there", stored.id)),
        Some(stored) if sighting.rev > stored.rev => Some(format!("its latest change is {}", stored.rev)),
        Some(_) => None,
    }
}

fn describe(observer: &Observer, sighting: &Sighting, room_id: &str) -> String {
    let Sighting { rev, seq, id, .. } = sighting;
    format!("{} was shown {id} as message {seq}, change {rev} of {room_id}", observer.name)
}

#[cfg(test)]
mod tests {
    use protocol::{GatewayFrame, MessageDto};

    use super::*;
    use crate::builders::message;

    fn report(shown: &[&[MessageDto]], stored: Vec<MessageDto>) -> Report {
        let mut history = History::default();
        for messages in shown {
            let mut observer = Observer::new("eyes");
            observer.follow(&["r".to_owned()]);
            messages.iter().for_each(|shown| observer.frame(&GatewayFrame::Message(Box::new(shown.clone()))));
            history.saw(observer);
        }
        let room = StoredRoom { head_seq: stored.len() as u64, head_rev: stored.len() as u64, messages: stored };
        let mut report = Report::default();
        check(&history, &Store { rooms: [("r".to_owned(), room)].into() }, &mut report);
        report
    }

    #[test]
    fn everybody_seeing_what_is_stored_is_right() {
        let all = [message(1), message(2)];
        let report = report(&[&all, &all[1..]], all.to_vec());
        assert!(report.is_clean(), "{:?}", report.faults);
        assert_eq!(report.sightings, 3);
    }

    #[test]
    fn what_was_shown_and_is_not_stored_is_a_ghost() {
        assert_eq!(report(&[&[message(2)]], vec![message(1)]).faults.count(Fault::Ghost), 1);
        let other = MessageDto { id: "other".to_owned(), ..message(1) };
        assert_eq!(report(&[&[message(1)]], vec![other]).faults.count(Fault::Ghost), 1);
        let ahead = MessageDto { rev: 5, ..message(1) };
        assert_eq!(report(&[&[ahead]], vec![message(1)]).faults.count(Fault::Ghost), 1);
    }

    #[test]
    fn two_who_saw_different_changes_under_one_number_are_a_disorder() {
        let other = MessageDto { rev: 1, ..message(2) };
        let report = report(&[&[message(1)], &[other]], vec![message(1), message(2)]);
        assert_eq!(report.faults.count(Fault::Disorder), 1);
    }
}
