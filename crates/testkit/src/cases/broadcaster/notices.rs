//! What isn't kept in timelines arrives as well.

use std::sync::Arc;

use domain::model::{
    Availability, ChosenPresence, Event, MarkerNotice, NodeId, NodePresence, PresenceReport, RoomId, RoomSeq,
    StatusText, Timestamp, TypingNotice, UserId,
};

use super::delivery::assert_arrives;
use crate::broadcasters::Broadcasters;
use crate::ids::fresh_id;

pub async fn typing_arrives_on_every_node(ends: &Broadcasters) {
    for on in [true, false] {
        let notice = TypingNotice { room_id: RoomId::new(fresh_id()), user_id: UserId::new(fresh_id()), on };
        assert_arrives(ends, Event::Typing(notice)).await;
    }
}

pub async fn markers_arrive_on_every_node(ends: &Broadcasters) {
    for (read_seq, shown) in [(RoomSeq::ZERO, true), (RoomSeq::MAX, false), (RoomSeq::ZERO.next(), false)] {
        let (room_id, user_id) = (RoomId::new(fresh_id()), UserId::new(fresh_id()));
        assert_arrives(ends, Event::Marked(MarkerNotice { room_id, user_id, read_seq, shown })).await;
    }
}

pub async fn changes_of_rooms_and_users_arrive_on_every_node(ends: &Broadcasters) {
    assert_arrives(ends, Event::RoomChanged(RoomId::new(fresh_id()))).await;
    assert_arrives(ends, Event::UserChanged(UserId::new(fresh_id()))).await;
}

fn chosen(number: usize) -> ChosenPresence {
    let availabilities =
        [Availability::Online, Availability::Idle, Availability::DoNotDisturb, Availability::Invisible];
    let text = StatusText::parse(&format!("$a.b \"x\" 👍 é {number}")).expect("a valid status text");
    ChosenPresence {
        availability: availabilities[number % availabilities.len()],
        text: (!number.is_multiple_of(3)).then_some(text),
        until: (!number.is_multiple_of(2)).then_some(Timestamp::from_millis(-1_001)),
    }
}

/// From nobody to many, as changes and as signs of life.
pub async fn presence_reports_arrive_whole_on_every_node(ends: &Broadcasters) {
    for (number, all) in [(0_usize, true), (0, false), (1, false), (12, true), (500, true)] {
        let users = (0..number).map(|number| NodePresence {
            user_id: UserId::new(fresh_id()),
            connected: !number.is_multiple_of(5),
            active: !number.is_multiple_of(7),
            chosen: chosen(number),
        });
        let report = PresenceReport { node: NodeId::new(fresh_id()), all, users: users.collect() };
        assert_arrives(ends, Event::Presence(Arc::new(report))).await;
    }
}
