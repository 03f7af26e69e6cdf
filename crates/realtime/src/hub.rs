//! The registry of rooms and connections of this node.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::Ports;
use domain::model::{Actor, Availability, Event, NodeId, Privacy, Room, RoomId, RoomRef, UserId};
use domain::port::RepositoryError;
use protocol::{GatewayFrame, LimitsDto, ReconnectFrame};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::warn;

use crate::close_reason::CloseReason;
use crate::dispatch;
use crate::error::ConnectError;
use crate::frame::{Dialect, encode};
use crate::gateway::{GatewayConnection, Link};
use crate::outbox::Outbox;
use crate::presence::{self, PresenceBoard};
use crate::registry::Registry;
use crate::room::RoomChannel;
use crate::room_task::{self, Surroundings};
use crate::seed_connection::SeedConnection;

/// Over how many milliseconds clients spread their return after a restart.
const RETURN_SPREAD_MS: u64 = 3000;

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
    pub(crate) tasks: TaskTracker,
    pub(crate) presence: Arc<PresenceBoard>,
    stopped: CancellationToken,
    rooms: Mutex<HashMap<RoomId, Arc<RoomChannel>>>,
    connections: Registry,
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").field("connections", &self.connections.len()).finish_non_exhaustive()
    }
}

impl Hub {
    /// Starts the hub: from now on it hears what the broadcaster carries. Its tasks run on `tasks` and end with
    /// [`Self::stop`].
    pub fn start(ports: Ports, options: HubOptions, tasks: TaskTracker) -> Arc<Self> {
        let events = ports.broadcaster.subscribe();
        let presence = Arc::new(PresenceBoard::new(NodeId::new(ports.ids.generate())));
        let hub = Arc::new(Self {
            ports,
            tasks,
            presence,
            stopped: CancellationToken::new(),
            rooms: Mutex::default(),
            connections: Registry::new(options.connections_per_user),
        });
        let dispatcher = dispatch::run(Arc::downgrade(&hub), events);
        hub.tasks.spawn(hub.stopped.clone().run_until_cancelled_owned(dispatcher));
        let presence = presence::run(Arc::downgrade(&hub));
        hub.tasks.spawn(hub.stopped.clone().run_until_cancelled_owned(presence));
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

    /// Connects an actor to everything they can see. The first frame is `hello`, with the limits given here; delivery
    /// begins when the client asks for it.
    ///
    /// # Errors
    /// [`ConnectError`]; then nothing is left behind.
    pub async fn connect_gateway(
        self: &Arc<Self>,
        actor: Actor,
        limits: LimitsDto,
    ) -> Result<GatewayConnection, ConnectError> {
        GatewayConnection::open(Arc::clone(self), actor, limits).await
    }

    /// Tells how many connections a user has on this node.
    pub fn connections_of(&self, user_id: UserId) -> usize {
        self.connections.of(user_id)
    }

    /// Tells how many connections there are on this node.
    pub fn connections(&self) -> usize {
        self.connections.len()
    }

    /// Stops the hub's tasks, and closes every connection after what is queued for it.
    pub fn stop(&self) {
        self.stopped.cancel();
        self.connections.for_each(|id, outbox| {
            if outbox.dialect == Dialect::Gateway {
                // Multiplying by a large odd number spreads consecutive ids evenly.
                let after_ms = id.wrapping_mul(0x9e37_79b9_7f4a_7c15) % RETURN_SPREAD_MS;
                outbox.reply(encode(&GatewayFrame::Reconnect(ReconnectFrame { after_ms })));
            }
            outbox.close(CloseReason::RESTART);
        });
    }

    /// Registers a connection of the seed's socket under its user, so that revoking reaches it.
    pub(crate) fn register(&self, actor: &Actor, outbox: &Arc<Outbox>) -> Result<u64, ConnectError> {
        self.connections.add(actor, outbox, |_| None).map(|(id, _)| id)
    }

    /// Registers a connection of the gateway.
    pub(crate) fn register_gateway(&self, actor: &Actor, outbox: &Arc<Outbox>) -> Result<Arc<Link>, ConnectError> {
        let make = |id| Some(Arc::new(Link::new(id, Arc::clone(outbox))));
        let (id, link) = self.connections.add(actor, outbox, make)?;
        Ok(link.unwrap_or_else(|| Arc::new(Link::new(id, Arc::clone(outbox)))))
    }

    pub(crate) fn unregister(&self, user_id: UserId, id: u64) {
        self.connections.remove(user_id, id);
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.connections
    }

    /// Subscribes a connection, whose lane for the room has been begun, beginning the room if nobody was in it. Answers
    /// the room and whether this is the user's first connection of the seed's socket to it.
    pub(crate) fn subscribe(self: &Arc<Self>, room: &Room, id: u64, outbox: &Arc<Outbox>) -> (Arc<RoomChannel>, bool) {
        let mut rooms = lock(&self.rooms);
        if let Some(channel) = rooms.get(&room.id)
            && let Some(first) = channel.subscribe(id, Arc::clone(outbox))
        {
            return (Arc::clone(channel), first);
        }
        let (channel, events) = RoomChannel::new(room.id, room.label());
        let first = channel.subscribe(id, Arc::clone(outbox)).unwrap_or_default();
        rooms.insert(room.id, Arc::clone(&channel));
        drop(rooms);
        self.run_room(&channel, events);
        (channel, first)
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
        let surroundings = Surroundings {
            ports: self.ports.clone(),
            channel: Arc::clone(channel),
            presence: Arc::clone(&self.presence),
        };
        let task = room_task::run(surroundings, events, give_up);
        self.tasks.spawn(self.stopped.clone().run_until_cancelled_owned(task));
    }

    pub(crate) fn room(&self, id: RoomId) -> Option<Arc<RoomChannel>> {
        lock(&self.rooms).get(&id).cloned()
    }

    pub(crate) fn all_rooms(&self) -> Vec<Arc<RoomChannel>> {
        let mut rooms: Vec<_> = lock(&self.rooms).values().cloned().collect();
        rooms.sort_unstable_by_key(|room| room.id);
        rooms
    }

    /// Makes everybody look at the store, after events were lost.
    pub(crate) fn resync_all(&self) {
        for room in self.all_rooms() {
            room.request_resync();
        }
        self.connections.for_each(|_, outbox| outbox.recheck());
    }

    /// Reads again what a user of this node chose and shows.
    pub(crate) async fn reload_user(&self, user_id: UserId) {
        let reloaded = async {
            match self.ports.users.find(user_id).await? {
                Some(user) => self.reload_presence(user_id, user.privacy).await,
                None => Ok(()),
            }
        };
        if let Err(error) = reloaded.await {
            warn!(user = %user_id, cause = ?error, "what a user chose can't be read");
        }
    }

    /// Reads again what a user of this node chose to be shown as; one who doesn't show it is invisible.
    pub(crate) async fn reload_presence(&self, user_id: UserId, privacy: Privacy) -> Result<(), RepositoryError> {
        let stored = self.ports.presences.find(&[user_id]).await?;
        let mut chosen = stored.into_iter().next().map(|stored| stored.chosen).unwrap_or_default();
        if !privacy.presence {
            chosen.availability = Availability::Invisible;
            chosen.until = None;
        }
        self.presence.choose(user_id, chosen);
        self.connections.for_user(user_id, |connection| connection.outbox.set_privacy(privacy));
        Ok(())
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
