//! Events that aren't part of a timeline, as nodes leave them for each other in the database.

use bson::oid::ObjectId;
use bson::{DateTime, Document, RawDocument, doc};
use domain::model::{Delivery, Event, MemberNotice, RoomId, SessionId, UserId, Username};

use crate::document::{from_time, id_of, oid, to_time};

/// Writes an event down; nothing for those that the timeline itself tells.
pub(crate) fn write(event: &Event, node: ObjectId) -> Option<Document> {
    let mut document = match event {
        Event::Timeline(_) => return None,
        Event::Connected(notice) => of_notice("connected", notice),
        Event::Disconnected(notice) => of_notice("disconnected", notice),
        Event::MemberJoined(notice) => of_notice("member_joined", notice),
        Event::MemberLeft(notice) => of_notice("member_left", notice),
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
    let user_id = UserId::new(id_of(document.get_object_id("user_id").ok()?));
    let notice = || {
        Some(MemberNotice {
            room_id: RoomId::new(id_of(document.get_object_id("room_id").ok()?)),
            user_id,
            username: Username::parse(document.get_str("username").ok()?).ok()?,
            at: to_time(document.get_datetime("happened_at").ok()?),
        })
    };
    match document.get_str("kind").ok()? {
        "connected" => notice().map(Event::Connected),
        "disconnected" => notice().map(Event::Disconnected),
        "member_joined" => notice().map(Event::MemberJoined),
        "member_left" => notice().map(Event::MemberLeft),
        "session_revoked" => {
            let session_id = SessionId::new(id_of(document.get_object_id("session_id").ok()?));
            Some(Event::SessionRevoked { session_id, user_id })
        }
        "user_revoked" => Some(Event::UserRevoked { user_id, disabled: document.get_bool("disabled").ok()? }),
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
    use domain::model::{Id, Timestamp};

    use super::*;

    #[test]
    fn every_event_but_those_of_timelines_reads_back() {
        let user_id = UserId::new(Id::from_bytes([1; 12]));
        let notice = MemberNotice {
            room_id: RoomId::new(Id::from_bytes([2; 12])),
            user_id,
            username: Username::parse("ann").unwrap(),
            at: Timestamp::from_millis(5),
        };
        let session_id = SessionId::new(Id::from_bytes([3; 12]));
        for event in [
            Event::Connected(notice.clone()),
            Event::Disconnected(notice.clone()),
            Event::MemberJoined(notice.clone()),
            Event::MemberLeft(notice),
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
        assert_eq!(read(&raw(&doc! { "kind": "typing", "user_id": ObjectId::new() })), None);
    }

    fn raw(document: &Document) -> RawDocumentBuf {
        RawDocumentBuf::try_from(document).unwrap()
    }
}
