//! What the hub and a connection of the gateway share: the rooms it is subscribed to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::model::RoomId;
use protocol::{GatewayFrame, RoomRemovedFrame};

use crate::frame::encode;
use crate::outbox::Outbox;
use crate::room::RoomChannel;

/// The rooms that a connection is subscribed to.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) id: u64,
    pub(crate) outbox: Arc<Outbox>,
    rooms: Mutex<Rooms>,
}

#[derive(Debug, Default)]
struct Rooms {
    joined: HashMap<RoomId, Arc<RoomChannel>>,
    /// Whether the client has asked for delivery.
    begun: bool,
    /// How many are reading right now which rooms there are.
    readers: usize,
    /// How many rooms were left so far.
    leavings: u64,
    /// The rooms that the user left while somebody was reading, each with the number of the leaving: what was read
    /// before may be out of date.
    left: HashMap<RoomId, u64>,
}

/// Watches for rooms that the user leaves, as long as it lives.
#[derive(Debug)]
pub(super) struct Watch<'a> {
    link: &'a Link,
    /// How many rooms had been left when it began.
    since: u64,
}

impl Link {
    pub(crate) fn new(id: u64, outbox: Arc<Outbox>) -> Self {
        Self { id, outbox, rooms: Mutex::default() }
    }

    /// To be called before reading which rooms the user has.
    pub(super) fn watch(&self) -> Watch<'_> {
        let mut rooms = self.lock();
        rooms.readers += 1;
        Watch { link: self, since: rooms.leavings }
    }

    /// Notes that the client asked for delivery; answers whether it is the first time.
    pub(super) fn begin(&self) -> bool {
        !std::mem::replace(&mut self.lock().begun, true)
    }

    /// Takes [`Self::begin`] back: the client may ask again.
    pub(super) fn unbegin(&self) {
        self.lock().begun = false;
    }

    /// Tells whether the client has asked for delivery.
    pub(crate) fn has_begun(&self) -> bool {
        self.lock().begun
    }

    /// Gives a room that the connection is subscribed to.
    pub(super) fn room(&self, id: RoomId) -> Option<Arc<RoomChannel>> {
        self.lock().joined.get(&id).cloned()
    }

    /// Gives every room that the connection is subscribed to.
    pub(super) fn rooms(&self) -> Vec<RoomId> {
        self.lock().joined.keys().copied().collect()
    }

    /// Does something with a room that the connection is subscribed to, before anybody can leave it; answers whether it
    /// is.
    pub(super) fn with(&self, id: RoomId, act: impl FnOnce(&RoomChannel)) -> bool {
        let rooms = self.lock();
        let room = rooms.joined.get(&id);
        if let Some(room) = room {
            act(room);
        }
        room.is_some()
    }

    /// Ends what the connection gets of a room, and tells the client, unless it got nothing.
    pub(crate) fn leave(&self, id: RoomId) {
        let mut rooms = self.lock();
        rooms.leavings += 1;
        if rooms.readers > 0 {
            let number = rooms.leavings;
            rooms.left.insert(id, number);
        }
        if let Some(room) = rooms.joined.remove(&id) {
            room.unsubscribe(self.id);
            self.outbox.end(id);
            self.tell_removed(id);
        }
    }

    /// Tells the client that a room isn't the user's, unless the connection is subscribed to it.
    pub(super) fn deny(&self, id: RoomId) {
        let rooms = self.lock();
        if !rooms.joined.contains_key(&id) {
            self.tell_removed(id);
        }
    }

    fn tell_removed(&self, id: RoomId) {
        let frame = RoomRemovedFrame { room_id: id.to_string() };
        self.outbox.reply(encode(&GatewayFrame::RoomRemoved(frame)));
    }

    /// Ends everything.
    pub(super) fn leave_all(&self) {
        let joined = std::mem::take(&mut self.lock().joined);
        for room in joined.into_values() {
            room.unsubscribe(self.id);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Rooms> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch<'_> {
    /// Subscribes to a room, unless the user left it since the watch began: then nothing is touched, because what there
    /// is of the room was begun by somebody who knew better. Answers whether it was done.
    pub(super) fn join(&self, id: RoomId, subscribe: impl FnOnce() -> Arc<RoomChannel>) -> bool {
        let mut rooms = self.link.lock();
        if rooms.left.get(&id).is_some_and(|number| *number > self.since) {
            return false;
        }
        rooms.joined.insert(id, subscribe());
        true
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let mut rooms = self.link.lock();
        rooms.readers -= 1;
        if rooms.readers == 0 {
            rooms.left = HashMap::new();
        }
    }
}
