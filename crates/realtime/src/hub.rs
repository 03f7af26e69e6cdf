//! The registry of rooms and connections of this node.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::Ports;
use domain::model::{Actor, Event, Room, RoomId, RoomRef, SessionId, UserId};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::error::ConnectError;
use crate::outbox::{CloseReason, Outbox};
use crate::room::{RoomChannel, Subscriber};
use crate::seed_connection::SeedConnection;
use crate::{dispatch, room_task};

/// What an operator can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HubOptions {
    /// The most connections a user may have at once; 0 for any number.
    pub connections_per_user: usize,
}

impl Default for HubOptions {
    /// Twenty connections a user.
    fn default() -> Self {
        Self { connections_per_user: 20 }
    }
}

/// The rooms and connections of this node.
pub struct Hub {
    pub(crate) ports: Ports,
    options: HubOptions,
    pub(crate) tasks: TaskTracker,
    stopped: CancellationToken,
    rooms: Mutex<HashMap<RoomId, Arc<RoomChannel>>>,
    users: Mutex<HashMap<UserId, Vec<Connection>>>,
    next_connection: AtomicU64,
}

/// A connection as the registry of users knows it.
#[derive(Debug)]
struct Connection {
    id: u64,
    session_id: SessionId,
    outbox: Arc<Outbox>,
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Hub {
    /// Starts the hub: from now on it hears what the broadcaster carries. Its tasks run on `tasks` and end with
    /// [`Self::stop`].
    pub fn start(ports: Ports, options: HubOptions, tasks: TaskTracker) -> Arc<Self> {
        let events = ports.broadcaster.subscribe();
        let hub = Arc::new(Self {
            ports,
            options,
            tasks,
            stopped: CancellationToken::new(),
            rooms: Mutex::default(),
            users: Mutex::default(),
            next_connection: AtomicU64::new(0),
        });
        let dispatcher = dispatch::run(Arc::downgrade(&hub), events);
        hub.tasks.spawn(hub.stopped.clone().run_until_cancelled_owned(dispatcher));
        hub
    }

    /// Connects an actor to a room as the seed's socket does: joins an open room, tells the others, and
    /// delivers every change from now on. What was sent before the call returned is delivered or was in the
    /// room's history.
    ///
    /// # Errors
    /// [`ConnectError`]; then nothing is left behind but a membership, if it was made.
    pub async fn connect_seed(self: &Arc<Self>, actor: Actor, room: &RoomRef) -> Result<SeedConnection, ConnectError> {
        SeedConnection::open(Arc::clone(self), actor, room).await
    }

    /// Tells how many connections a user has on this node.
    pub fn connections_of(&self, user_id: UserId) -> usize {
        lock(&self.users).get(&user_id).map_or(0, Vec::len)
    }

    /// Tells how many connections there are on this node.
    pub fn connections(&self) -> usize {
        lock(&self.users).values().map(Vec::len).sum()
    }

    /// Stops the hub's tasks, and closes every connection after what is queued for it.
    pub fn stop(&self) {
        self.stopped.cancel();
        lock(&self.users).values().flatten().for_each(|connection| connection.outbox.close(CloseReason::RESTART));
    }

    /// Registers a connection under its user, so that revoking reaches it.
    pub(crate) fn register(&self, actor: &Actor, outbox: &Arc<Outbox>) -> Result<u64, ConnectError> {
        let max = self.options.connections_per_user;
        let mut users = lock(&self.users);
        let connections = users.entry(actor.user_id).or_default();
        if max > 0 && connections.len() >= max {
            return Err(ConnectError::TooManyConnections { max });
        }
        let id = self.next_connection.fetch_add(1, Ordering::Relaxed);
        connections.push(Connection { id, session_id: actor.session_id, outbox: Arc::clone(outbox) });
        Ok(id)
    }

    pub(crate) fn unregister(&self, user_id: UserId, id: u64) {
        let mut users = lock(&self.users);
        if let Some(connections) = users.get_mut(&user_id) {
            connections.retain(|connection| connection.id != id);
            if connections.is_empty() {
                users.remove(&user_id);
            }
        }
    }

    /// Subscribes a connection to a room, beginning the room if nobody was in it. Answers the room and
    /// whether this is the user's first connection to it.
    pub(crate) fn subscribe(
        self: &Arc<Self>,
        room: &Room,
        id: u64,
        subscriber: &Subscriber,
    ) -> (Arc<RoomChannel>, bool) {
        let mut rooms = lock(&self.rooms);
        if let Some(channel) = rooms.get(&room.id)
            && let Some(first) = channel.subscribe(id, subscriber.clone())
        {
            return (Arc::clone(channel), first);
        }
        let (channel, events) = RoomChannel::new(room.id, room.label());
        channel.subscribe(id, subscriber.clone());
        rooms.insert(room.id, Arc::clone(&channel));
        drop(rooms);
        self.run_room(&channel, events);
        (channel, true)
    }

    fn run_room(self: &Arc<Self>, channel: &Arc<RoomChannel>, events: mpsc::Receiver<Event>) {
        let hub = Arc::downgrade(self);
        let room = Arc::clone(channel);
        let give_up = move || {
            let Some(hub) = hub.upgrade() else {
                return true;
            };
            let mut rooms = lock(&hub.rooms);
            let empty = room.close_if_empty();
            if empty && rooms.get(&room.id).is_some_and(|current| Arc::ptr_eq(current, &room)) {
                rooms.remove(&room.id);
            }
            empty
        };
        let task = room_task::run(self.ports.clone(), Arc::clone(channel), events, give_up);
        self.tasks.spawn(self.stopped.clone().run_until_cancelled_owned(task));
    }

    pub(crate) fn room(&self, id: RoomId) -> Option<Arc<RoomChannel>> {
        lock(&self.rooms).get(&id).cloned()
    }

    pub(crate) fn resync_all(&self) {
        lock(&self.rooms).values().for_each(|room| room.request_resync());
    }

    pub(crate) fn close_session(&self, user_id: UserId, session_id: SessionId, reason: CloseReason) {
        if let Some(connections) = lock(&self.users).get(&user_id) {
            connections
                .iter()
                .filter(|connection| connection.session_id == session_id)
                .for_each(|connection| connection.outbox.close(reason));
        }
    }

    pub(crate) fn close_user(&self, user_id: UserId, reason: CloseReason) {
        if let Some(connections) = lock(&self.users).get(&user_id) {
            for connection in connections {
                connection.outbox.close(reason);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
