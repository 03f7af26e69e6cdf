//! Events that aren't part of a timeline, as nodes leave them for each other in the database.

use std::sync::Arc;

use bson::oid::ObjectId;
use bson::{DateTime, Document, RawDocument, doc};
use domain::model::{
    Delivery, Event, MarkerNotice, MemberNotice, RoomId, RoomSeq, SessionId, TypingNotice, UserId, Username,
};

use crate::document::{from_time, id_of, oid, to_time};
use crate::presence_signal;

/// Writes an event down; nothing for those that the timeline itself tells.
pub(crate) fn write(event: &Event, node: ObjectId) -> Option<Document> {
    let mut document = match event {
        Event::Timeline(_) => return None,
        Event::Connected(notice) => of_notice("connected", notice),
        Event::Disconnected(notice) => of_notice("disconnected", notice),
        Event::MemberJoined(notice, role) => {
            let mut document = of_notice("member_joined", notice);
            document.insert("role", role.as_str());
            document
        }
        Event::MemberLeft(notice) => of_notice("member_left", notice),
        Event::RoomChanged(room_id) => doc! { "kind": "room_changed", "room_id": oid(room_id.id()) },
        Event::UserChanged(user_id) => doc! { "kind": "user_changed", "user_id": oid(user_id.id()) },
        Event::Marked(notice) => doc! {
            "kind": "marked",
            "room_id": oid(notice.room_id.id()),
            "user_id": oid(notice.user_id.id()),
            "read_seq": notice.read_seq.to_i64(),
            "shown": notice.shown,
        },
        Event::Typing(notice) => doc! {
            "kind": "typing",
            "room_id": oid(notice.room_id.id()),
            "user_id": oid(notice.user_id.id()),
            "on": notice.on,
        },
        Event::Presence(report) => presence_signal::write(report),
        Event::SessionRevoked { session_id, user_id } => doc! {
            "kind": "session_revoked", "session_id": oid(session_id.id()), "user_id": oid(user_id.id()),
        },
        Event::UserRevoked { user_id, disabled } => doc! {
            "kind": "user_revoked", "user_id": oid(user_id.id()), "disabled": disabled,
        },
    };
    stamp(&mut document, node);
    Some(document)
}

/// Tells whether an event is worth nothing late, and nobody misses it once the next of its kind comes.
pub(crate) fn is_fleeting(event: &Event) -> bool {
    matches!(event, Event::Typing(_) | Event::Presence(_))
}

/// Writes down that events for other nodes were lost.
pub(crate) fn write_loss(node: ObjectId) -> Document {
    let mut document = doc! { "kind": "lost" };
    stamp(&mut document, node);
    document
}

/// Adds what every signal has. Its id is chosen here, so that leaving it again can't double it.
fn stamp(document: &mut Document, node: ObjectId) {
    document.insert("_id", ObjectId::new());
    document.insert("node", node);
    document.insert("at", DateTime::now());
}

/// Reads what another node left; nothing for what a newer version wrote.
pub(crate) fn read(document: &RawDocument) -> Option<Delivery> {
    if document.get_str("kind").ok()? == "lost" {
        return Some(Delivery::Lagged);
    }
    read_event(document).map(Delivery::Event)
}

fn read_event(document: &RawDocument) -> Option<Event> {
    let room_id = || Some(RoomId::new(id_of(document.get_object_id("room_id").ok()?)));
    let user_id = || Some(UserId::new(id_of(document.get_object_id("user_id").ok()?)));
    let notice = || {
        Some(MemberNotice {
            room_id: room_id()?,
            user_id: user_id()?,
            username: Username::parse(document.get_str("username").ok()?).ok()?,
            at: to_time(document.get_datetime("happened_at").ok()?),
        })
    };
    match document.get_str("kind").ok()? {
        "connected" => notice().map(Event::Connected),
        "disconnected" => notice().map(Event::Disconnected),
        "member_joined" => Some(Event::MemberJoined(notice()?, document.get_str("role").ok()?.parse().ok()?)),
        "member_left" => notice().map(Event::MemberLeft),
        "room_changed" => room_id().map(Event::RoomChanged),
        "user_changed" => user_id().map(Event::UserChanged),
        "marked" => Some(Event::Marked(MarkerNotice {
            room_id: room_id()?,
            user_id: user_id()?,
            read_seq: RoomSeq::from_i64(document.get_i64("read_seq").ok()?)?,
            shown: document.get_bool("shown").ok()?,
        })),
        "typing" => Some(Event::Typing(TypingNotice {
            room_id: room_id()?,
            user_id: user_id()?,
            on: document.get_bool("on").ok()?,
        })),
        "presence" => presence_signal::read(document).map(|report| Event::Presence(Arc::new(report))),
        "session_revoked" => {
            let session_id = SessionId::new(id_of(document.get_object_id("session_id").ok()?));
            Some(Event::SessionRevoked { session_id, user_id: user_id()? })
        }
        "user_revoked" => {
            Some(Event::UserRevoked { user_id: user_id()?, disabled: document.get_bool("disabled").ok()? })
        }
        _ => None,
    }
}

fn of_notice(kind: &str, notice: &MemberNotice) -> Document {
    doc! {
        "kind": kind,
        "room_id": oid(notice.room_id.id()),
        "user_id": oid(notice.user_id.id()),
        "username": notice.username.as_str(),
        "happened_at": from_time(notice.at),
    }
}

#[cfg(test)]
mod tests {
    use bson::RawDocumentBuf;
    use domain::model::{
        Availability, ChosenPresence, Id, NodeId, NodePresence, PresenceReport, Role, StatusText, Timestamp,
    };

    use super::*;

    fn a_report(all: bool) -> Arc<PresenceReport> {
        let user = |number: u8, connected: bool, chosen: ChosenPresence| NodePresence {
            user_id: UserId::new(Id::from_bytes([number; 12])),
            connected,
            active: !connected,
            chosen,
        };
        let busy = ChosenPresence {
            availability: Availability::DoNotDisturb,
            text: Some(StatusText::parse("at lunch").unwrap()),
            until: Some(Timestamp::from_millis(9)),
        };
        let users = vec![user(1, true, ChosenPresence::default()), user(2, false, busy)];
        Arc::new(PresenceReport { node: NodeId::new(Id::from_bytes([7; 12])), all, users })
    }

    #[test]
    fn every_event_but_those_of_timelines_reads_back() {
        let user_id = UserId::new(Id::from_bytes([1; 12]));
        let room_id = RoomId::new(Id::from_bytes([2; 12]));
        let username = Username::parse("ann").unwrap();
        let notice = MemberNotice { room_id, user_id, username, at: Timestamp::from_millis(5) };
        let session_id = SessionId::new(Id::from_bytes([3; 12]));
        for event in [
            Event::Connected(notice.clone()),
            Event::Disconnected(notice.clone()),
            Event::MemberJoined(notice.clone(), Role::Moderator),
            Event::MemberLeft(notice),
            Event::RoomChanged(room_id),
            Event::UserChanged(user_id),
            Event::Marked(MarkerNotice { room_id, user_id, read_seq: RoomSeq::new(4).unwrap(), shown: true }),
            Event::Typing(TypingNotice { room_id, user_id, on: true }),
            Event::Presence(a_report(false)),
            Event::Presence(a_report(true)),
            Event::SessionRevoked { session_id, user_id },
            Event::UserRevoked { user_id, disabled: true },
        ] {
            let document = write(&event, ObjectId::new()).unwrap();
            assert_eq!(read(&raw(&document)), Some(Delivery::Event(event)));
        }
    }

    #[test]
    fn a_loss_makes_other_nodes_look_at_the_store() {
        assert_eq!(read(&raw(&write_loss(ObjectId::new()))), Some(Delivery::Lagged));
    }

    #[test]
    fn what_a_newer_version_wrote_is_passed_over() {
        assert_eq!(read(&raw(&doc! { "kind": "from the future", "user_id": ObjectId::new() })), None);
        let role = doc! { "kind": "member_joined", "role": "from the future" };
        assert_eq!(read(&raw(&role)), None);
    }

    fn raw(document: &Document) -> RawDocumentBuf {
        RawDocumentBuf::try_from(document).unwrap()
    }
}
