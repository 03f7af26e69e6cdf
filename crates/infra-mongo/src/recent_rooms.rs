//! The rooms that were looked up a moment ago: many people are let into few rooms.

use std::collections::HashMap;

use domain::model::{Room, RoomRef};

use crate::grants::Moment;

/// How many are kept at most.
const CAPACITY: usize = 1024;

/// Rooms as they were at one moment or shortly after it.
#[derive(Debug, Default)]
pub(crate) struct RecentRooms {
    since: Option<Moment>,
    rooms: HashMap<RoomRef, Room>,
}

impl RecentRooms {
    /// Tells which of the wanted rooms have to be looked up, after forgetting what isn't fresh at this moment.
    pub(crate) fn unknown<'a>(&mut self, now: Moment, wanted: impl Iterator<Item = &'a RoomRef>) -> Vec<RoomRef> {
        if self.rooms.len() > CAPACITY || self.since.is_none_or(|since| !since.holds(now)) {
            self.rooms.clear();
            self.since = Some(now);
        }
        let mut unknown = Vec::new();
        for room in wanted {
            if !self.rooms.contains_key(room) && !unknown.contains(room) {
                unknown.push(room.clone());
            }
        }
        unknown
    }

    /// Notes rooms that were found after the last moment.
    pub(crate) fn note(&mut self, found: Vec<Room>) {
        for room in found {
            if let Some(name) = &room.name {
                self.rooms.insert(RoomRef::Name(name.clone()), room.clone());
            }
            self.rooms.insert(RoomRef::Id(room.id), room);
        }
    }

    /// Gives a room, if it is known.
    pub(crate) fn get(&self, room: &RoomRef) -> Option<&Room> {
        self.rooms.get(room)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::model::{Id, RoomId, RoomKind, RoomName, Timestamp, Topic};

    use super::*;
    use crate::grants::RecentGrants;

    fn general() -> Room {
        Room {
            id: RoomId::new(Id::from_bytes([1; 12])),
            name: Some(RoomName::parse("general").unwrap()),
            kind: RoomKind::Public,
            topic: Topic::default(),
            created_at: Timestamp::from_millis(0),
            archived_at: None,
            edit_window: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_room_is_known_by_both_its_names_for_a_moment() {
        let moments = RecentGrants::default();
        let wanted = [RoomRef::Id(general().id), RoomRef::Name(general().name.unwrap())];
        let mut recent = RecentRooms::default();
        assert_eq!(recent.unknown(moments.moment(), wanted.iter()), wanted);
        recent.note(vec![general()]);
        assert!(recent.unknown(moments.moment(), wanted.iter()).is_empty());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(recent.unknown(moments.moment(), wanted.iter()), wanted);
    }

    #[tokio::test]
    async fn a_change_of_this_node_counts_at_once() {
        let moments = RecentGrants::default();
        let wanted = [RoomRef::Id(general().id)];
        let mut recent = RecentRooms::default();
        recent.unknown(moments.moment(), wanted.iter());
        recent.note(vec![general()]);
        moments.forget();
        assert_eq!(recent.unknown(moments.moment(), wanted.iter()), wanted);
    }
}
