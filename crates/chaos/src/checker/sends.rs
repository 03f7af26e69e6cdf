//! Intents to send: what was acknowledged is there under its id and number, nothing is there twice, nothing refused and
//! nothing that nobody sent.

use std::collections::{HashMap, HashSet};

use protocol::MessageDto;

use super::{Fault, Faults, Report};
use crate::history::{History, Send, Store};

pub(super) fn check(history: &History, store: &Store, report: &mut Report) {
    let by_id: HashMap<&str, &MessageDto> = store.messages().map(|message| (message.id.as_str(), message)).collect();
    let by_nonce = by_nonce(store);
    let mut claimed: HashSet<&str> = HashSet::new();
    for send in &history.actions.sends {
        let mut ids: HashSet<&str> = send.acknowledged().map(|acknowledged| acknowledged.id.as_str()).collect();
        report.acknowledged += usize::from(!ids.is_empty());
        report.refused += usize::from(send.is_refused());
        check_acknowledged(send, &by_id, &mut report.faults);
        let stored = by_nonce.get(send.nonce.as_str()).map(Vec::as_slice).unwrap_or_default();
        if send.is_refused() && !stored.is_empty() {
            report.faults.add(Fault::Ghost, || format!("{} was refused and is stored", send.nonce));
        }
        ids.extend(stored);
        if ids.len() > 1 {
            report.faults.add(Fault::Doubled, || format!("{} became {ids:?}", send.nonce));
        }
        claimed.extend(ids);
    }
    unclaimed(store, &claimed, &mut report.faults);
}

/// Gives the ids that carry each nonce: the text begins with it, also after an edit. Tombstones have no text; they are
/// found by the id that was acknowledged.
fn by_nonce(store: &Store) -> HashMap<&str, Vec<&str>> {
    let mut by_nonce: HashMap<&str, Vec<&str>> = HashMap::new();
    for message in store.messages() {
        if let Some(nonce) = nonce_of(message) {
            by_nonce.entry(nonce).or_default().push(message.id.as_str());
        }
    }
    by_nonce
}

pub(super) fn nonce_of(message: &MessageDto) -> Option<&str> {
    message.content.as_deref().and_then(|content| content.split(' ').next())
}

fn check_acknowledged(send: &Send, by_id: &HashMap<&str, &MessageDto>, faults: &mut Faults) {
    let mut first = None;
    for acknowledged in send.acknowledged() {
        let (id, seq) = (acknowledged.id.as_str(), acknowledged.seq);
        if *first.get_or_insert((id, seq)) != (id, seq) {
            faults
                .add(Fault::Doubled, || format!("{} was acknowledged as {first:?} and as {:?}", send.nonce, (id, seq)));
            continue;
        }
        match by_id.get(id) {
            None => faults.add(Fault::Lost, || format!("{} was acknowledged as {id} and isn't stored", send.nonce)),
            Some(stored) if stored.seq != seq || stored.room_id != send.room_id => {
                faults
                    .add(Fault::Disorder, || format!("{id} was acknowledged as {seq} and is stored as {}", stored.seq));
            }
            Some(stored) if nonce_of(stored).is_some_and(|nonce| nonce != send.nonce) => {
                faults.add(Fault::Lost, || format!("{id} holds something else than {}", send.nonce));
            }
            Some(_) => {}
        }
    }
}

/// Every stored message that can be read was sent by somebody; a tombstone may be one whose answer got lost.
fn unclaimed(store: &Store, claimed: &HashSet<&str>, faults: &mut Faults) {
    for message in store.messages() {
        if message.kind.is_none() && !message.deleted && !claimed.contains(message.id.as_str()) {
            faults.add(Fault::Ghost, || format!("{} in {} is stored and nobody sent it", message.id, message.room_id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builders::message;
    use crate::history::{Acknowledgement, Actions, Answer, StoredRoom};

    fn send(number: u64, answers: Vec<Answer>) -> Send {
        let (nonce, content) = (format!("n{number}"), format!("n{number} text"));
        Send { room_id: "r".to_owned(), nonce, content, answers }
    }

    fn acknowledged(seq: u64) -> Answer {
        Answer::Acknowledged(Acknowledgement::from(&message(seq)))
    }

    fn report(sends: Vec<Send>, stored: Vec<MessageDto>) -> Report {
        let room = StoredRoom { head_seq: stored.len() as u64, head_rev: stored.len() as u64, messages: stored };
        let history = History { actions: Actions { sends, changes: Vec::new() }, observers: Vec::new() };
        let mut report = Report::default();
        check(&history, &Store { rooms: [("r".to_owned(), room)].into() }, &mut report);
        report
    }

    #[test]
    fn what_was_acknowledged_once_or_more_and_is_stored_is_right() {
        let sends =
            vec![send(1, vec![Answer::Unknown, acknowledged(1)]), send(2, vec![acknowledged(2), acknowledged(2)])];
        let report = report(sends, vec![message(1), message(2)]);
        assert!(report.is_clean(), "{:?}", report.faults);
        assert_eq!(report.acknowledged, 2);
    }

    #[test]
    fn what_was_acknowledged_and_is_not_stored_is_lost() {
        assert_eq!(report(vec![send(1, vec![acknowledged(1)])], vec![]).faults.count(Fault::Lost), 1);
        let other = MessageDto { content: Some("n7 text".to_owned()), ..message(1) };
        let report = report(vec![send(1, vec![acknowledged(1)]), send(7, vec![Answer::Unknown])], vec![other]);
        assert_eq!(report.faults.count(Fault::Lost), 1);
    }

    #[test]
    fn an_unanswered_message_may_be_stored_or_not_but_once() {
        assert!(report(vec![send(1, vec![Answer::Unknown])], vec![]).is_clean());
        assert!(report(vec![send(1, vec![Answer::Unknown])], vec![message(1)]).is_clean());
        let again = MessageDto { content: Some("n1 text".to_owned()), ..message(2) };
        let twice = report(vec![send(1, vec![Answer::Unknown])], vec![message(1), again]);
        assert_eq!(twice.faults.count(Fault::Doubled), 1);
    }

    #[test]
    fn one_nonce_acknowledged_as_two_messages_is_doubled_even_where_one_was_deleted() {
        let deleted = MessageDto { content: None, deleted: true, ..message(1) };
        let again = MessageDto { content: Some("n1 text".to_owned()), ..message(2) };
        let sends = vec![send(1, vec![acknowledged(1), acknowledged(2)])];
        assert!(report(sends, vec![deleted, again]).faults.count(Fault::Doubled) > 0);
    }

    #[test]
    fn what_was_refused_or_never_sent_is_a_ghost() {
        let refused = send(1, vec![Answer::Refused("too_long".to_owned())]);
        let report = report(vec![refused], vec![message(1), message(2)]);
        assert_eq!((report.faults.count(Fault::Ghost), report.refused), (2, 1));
    }

    #[test]
    fn another_number_than_acknowledged_is_a_disorder() {
        let moved = MessageDto { seq: 2, ..message(1) };
        let report = report(vec![send(1, vec![acknowledged(1)])], vec![moved]);
        assert_eq!(report.faults.count(Fault::Disorder), 1);
    }
}
