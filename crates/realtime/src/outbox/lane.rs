//! How far one connection has got in the rooms it is subscribed to.

use std::collections::{BTreeMap, VecDeque};

use domain::model::{RoomId, RoomRev};

/// How far a connection has got in one room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lane {
    /// The last change that was queued.
    pub(super) delivered: RoomRev,
    pub(super) mode: Mode,
    /// The head that the last heartbeat told.
    pub(super) told: RoomRev,
}

/// How a lane gets its changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// There are none until the room's own head is known.
    Waiting,
    /// Each is queued as it happens.
    Live,
    /// They are read from the store first, until the lane has caught up with the room.
    Behind(Missing),
    /// They are left out until the client asks for them, because there was no room in the queue.
    Lagged {
        /// The last change that was left out.
        head: RoomRev,
        /// Whether the client was told.
        told: bool,
    },
}

/// What a lane that is behind has to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// The changes after the last one delivered.
    Changes(RoomRev),
    /// The newest messages.
    Latest,
}

impl Lane {
    /// Tells whether the lane still misses what somebody read for it.
    pub(super) fn is_missing(&self, missing: Missing) -> bool {
        match (self.mode, missing) {
            (Mode::Behind(Missing::Latest), Missing::Latest) => true,
            (Mode::Behind(Missing::Changes(_)), Missing::Changes(after)) => self.delivered == after,
            _ => false,
        }
    }
}

/// The lanes of a connection, and the order in which those that are behind catch up.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    by_room: BTreeMap<RoomId, Lane>,
    behind: VecDeque<RoomId>,
}

impl Lanes {
    pub(super) fn get_mut(&mut self, room: RoomId) -> Option<&mut Lane> {
        self.by_room.get_mut(&room)
    }

    /// Adds a lane, or begins the one that is there anew. `first` puts it before the others that are behind.
    pub(super) fn begin(&mut self, room: RoomId, lane: Lane, first: bool) {
        self.by_room.insert(room, lane);
        self.behind.retain(|other| *other != room);
        if let Mode::Behind(_) = lane.mode {
            if first {
                self.behind.push_front(room);
            } else {
                self.behind.push_back(room);
            }
        }
    }

    /// Puts a lane that fell behind into the order.
    pub(super) fn enqueue(&mut self, room: RoomId) {
        if !self.behind.contains(&room) {
            self.behind.push_back(room);
        }
    }

    /// Lets the others that are behind go first.
    pub(super) fn postpone(&mut self, room: RoomId) {
        if let Some(at) = self.behind.iter().position(|other| *other == room) {
            self.behind.remove(at);
            self.behind.push_back(room);
        }
    }

    /// Takes a lane that has caught up out of the order.
    pub(super) fn caught_up(&mut self, room: RoomId) {
        self.behind.retain(|other| *other != room);
    }

    pub(super) fn remove(&mut self, room: RoomId) -> bool {
        self.caught_up(room);
        self.by_room.remove(&room).is_some()
    }

    /// Gives the lane that is to catch up next, and what it misses.
    pub(super) fn next_behind(&self) -> Option<(RoomId, Missing)> {
        let room = *self.behind.front()?;
        match self.by_room.get(&room)?.mode {
            Mode::Behind(Missing::Latest) => Some((room, Missing::Latest)),
            _ => Some((room, Missing::Changes(self.by_room.get(&room)?.delivered))),
        }
    }

    /// Gives the rooms whose clients have yet to be told that they lag, and marks them as told.
    pub(super) fn tell_lagged(&mut self) -> Vec<(RoomId, RoomRev)> {
        let untold = self.by_room.iter_mut().filter_map(|(room, lane)| match &mut lane.mode {
            Mode::Lagged { head, told } if !*told => {
                *told = true;
                Some((*room, *head))
            }
            _ => None,
        });
        untold.collect()
    }

    /// Gives the heads of live lanes that moved since they were last told, and marks them as told. Those of lanes that
    /// wait for their client to ask are given each time, in case it never learned that it lags.
    pub(super) fn tell_heads(&mut self) -> Vec<(RoomId, RoomRev)> {
        let heads = self.by_room.iter_mut().filter_map(|(room, lane)| match lane.mode {
            Mode::Live if lane.delivered > lane.told => {
                lane.told = lane.delivered;
                Some((*room, lane.delivered))
            }
            Mode::Lagged { head, told: true } => Some((*room, head)),
            _ => None,
        });
        heads.collect()
    }
}
