//! What the hub and a connection of the gateway share: the rooms it is subscribed to.

use std::collections::{HashMap, HashSet};
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
    /// The rooms that the user left while somebody was reading: what they read may be out of date.
    left: HashSet<RoomId>,
}

/// Watches for rooms that the user leaves, as long as it lives.
#[derive(Debug)]
pub(super) struct Watch<'a>(&'a Link);

impl Link {
    pub(crate) fn new(id: u64, outbox: Arc<Outbox>) -> Self {
        Self { id, outbox, rooms: Mutex::default() }
    }

    /// To be called before reading which rooms the user has.
    pub(super) fn watch(&self) -> Watch<'_> {
        self.lock().readers += 1;
        Watch(self)
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

    /// Ends what the connection gets of a room, and tells the client, unless it got nothing.
    pub(crate) fn leave(&self, id: RoomId) {
        let mut rooms = self.lock();
        if rooms.readers > 0 {
            rooms.left.insert(id);
        }
        let Some(room) = rooms.joined.remove(&id) else {
            return;
        };
        drop(rooms);
        room.unsubscribe(self.id);
        self.outbox.end(id);
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
    /// Notes a room that the connection was subscribed to, unless the user left it since the watch began; answers
    /// whether it was noted. Whoever is told no has to take the subscription back.
    pub(super) fn join(&self, room: &Arc<RoomChannel>) -> bool {
        let mut rooms = self.0.lock();
        if rooms.left.contains(&room.id) {
            return false;
        }
        rooms.joined.insert(room.id, Arc::clone(room));
        true
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let mut rooms = self.0.lock();
        rooms.readers -= 1;
        if rooms.readers == 0 {
            rooms.left = HashSet::new();
        }
    }
}
