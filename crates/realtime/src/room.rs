//! One room that somebody is connected to.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::model::{Event, RoomId, RoomRev, RoomSeq, UserId};
use metrics::counter;
use tokio::sync::{Notify, mpsc, watch};

use crate::close_reason::CloseReason;
use crate::frame::{Dialect, Frame};
use crate::outbox::Outbox;

/// How many events wait for the room's task before the room reads the store instead.
const EVENTS: usize = 1024;

/// One room that somebody is connected to.
#[derive(Debug)]
pub(crate) struct RoomChannel {
    pub(crate) id: RoomId,
    /// What frames call the room.
    pub(crate) label: String,
    events: mpsc::Sender<Event>,
    /// Set when events were lost on the way to the room's task.
    resync: AtomicBool,
    pub(crate) nudge: Notify,
    /// The last change that was given to subscribers; -1 before the room is ready.
    head: AtomicI64,
    pub(crate) ready: watch::Sender<bool>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    subscribers: BTreeMap<u64, Arc<Outbox>>,
    /// How many connections of the seed's socket each user has: its notices tell of these only.
    seed_connections: HashMap<UserId, usize>,
    /// Who belongs to the room; nothing until a connection of the gateway made it worth reading.
    members: Option<HashSet<UserId>>,
    closed: bool,
}

impl RoomChannel {
    /// Makes a room without subscribers, and the end of its event queue for its task.
    pub(crate) fn new(id: RoomId, label: String) -> (Arc<Self>, mpsc::Receiver<Event>) {
        let (events, receiver) = mpsc::channel(EVENTS);
        let channel = Self {
            id,
            label,
            events,
            resync: AtomicBool::new(false),
            nudge: Notify::new(),
            head: AtomicI64::new(-1),
            ready: watch::Sender::new(false),
            state: Mutex::default(),
        };
        (Arc::new(channel), receiver)
    }

    /// Adds a connection, whose lane for this room has been begun. Answers whether it is the user's first of the seed's
    /// socket here, or nothing if the room has just been given up.
    pub(crate) fn subscribe(&self, connection: u64, outbox: Arc<Outbox>) -> Option<bool> {
        let mut state = self.lock();
        if state.closed {
            return None;
        }
        if let Some(head) = self.head() {
            outbox.room_is_at(self.id, head);
        }
        let mut first = false;
        if outbox.dialect == Dialect::Seed {
            let count = state.seed_connections.entry(outbox.viewer).or_default();
            *count += 1;
            first = *count == 1;
        }
        state.subscribers.insert(connection, outbox);
        drop(state);
        self.nudge.notify_one();
        Some(first)
    }

    /// Removes a connection; answers whether it was the user's last of the seed's socket here.
    pub(crate) fn unsubscribe(&self, connection: u64) -> bool {
        let mut state = self.lock();
        let Some(outbox) = state.subscribers.remove(&connection) else {
            return false;
        };
        let last = match state.seed_connections.get_mut(&outbox.viewer) {
            Some(count) if outbox.dialect == Dialect::Seed => {
                *count -= 1;
                *count == 0
            }
            _ => false,
        };
        if last {
            state.seed_connections.remove(&outbox.viewer);
        }
        drop(state);
        self.nudge.notify_one();
        last
    }

    /// Hands an event to the room's task; never waits.
    pub(crate) fn notify(&self, event: Event) {
        if self.events.try_send(event).is_err() {
            self.request_resync();
        }
    }

    /// Makes the room's task read from the store what it may have missed.
    pub(crate) fn request_resync(&self) {
        self.resync.store(true, Ordering::Release);
        self.nudge.notify_one();
    }

    /// Tells whether a resync was asked for, once.
    pub(crate) fn take_resync(&self) -> bool {
        self.resync.swap(false, Ordering::AcqRel)
    }

    /// Gives the last change that was given to subscribers; nothing before the room is ready.
    pub(crate) fn head(&self) -> Option<RoomRev> {
        RoomRev::from_i64(self.head.load(Ordering::Acquire))
    }

    /// Begins delivery after `head` and lets connections that wait for it go on.
    pub(crate) fn begin_after(&self, head: RoomRev) {
        let state = self.lock();
        self.head.store(head.to_i64(), Ordering::Release);
        for outbox in state.subscribers.values() {
            outbox.room_is_at(self.id, head);
        }
        drop(state);
        self.ready.send_replace(true);
    }

    /// Queues the same frames for every subscriber. `head` is the last change among them or before.
    pub(crate) fn deliver(&self, frames: &[Frame], head: RoomRev) {
        let state = self.lock();
        // Before the first push: see `Outbox::push_missed`.
        self.head.store(head.to_i64(), Ordering::Release);
        for outbox in state.subscribers.values() {
            outbox.push(self.id, frames);
        }
        let deliveries = state.subscribers.len() as u64 * frames.len() as u64;
        drop(state);
        counter!("chinwag_frames_queued_total").increment(deliveries);
    }

    /// Tells every connection of the gateway how far others have read.
    pub(crate) fn deliver_receipts(&self, receipts: &[(UserId, RoomSeq)]) {
        for outbox in self.lock().subscribers.values().filter(|outbox| outbox.dialect == Dialect::Gateway) {
            outbox.add_receipts(self.id, receipts);
        }
    }

    /// Gives the gateway's connections of one user, or of everybody.
    pub(crate) fn gateway_outboxes(&self, user: Option<UserId>) -> Vec<Arc<Outbox>> {
        let state = self.lock();
        let wanted = state
            .subscribers
            .values()
            .filter(|outbox| outbox.dialect == Dialect::Gateway && user.is_none_or(|user| outbox.viewer == user));
        wanted.cloned().collect()
    }

    /// Closes the seed's sockets of one user.
    pub(crate) fn close_user(&self, user_id: UserId, reason: CloseReason) {
        for outbox in self.lock().subscribers.values() {
            if outbox.viewer == user_id && outbox.dialect == Dialect::Seed {
                outbox.close(reason);
            }
        }
    }

    /// Tells whether the room's members ought to be read: somebody may be shown to somebody.
    pub(crate) fn wants_members(&self) -> bool {
        let state = self.lock();
        state.members.is_none() && state.subscribers.values().any(|outbox| outbox.dialect == Dialect::Gateway)
    }

    /// Sets who belongs to the room.
    pub(crate) fn set_members(&self, members: Option<HashSet<UserId>>) {
        self.lock().members = members;
    }

    /// Notes that somebody came or went.
    pub(crate) fn note_member(&self, user: UserId, belongs: bool) {
        if let Some(members) = &mut self.lock().members {
            if belongs {
                members.insert(user)
            } else {
                members.remove(&user)
            };
        }
    }

    /// Gives how many members there are, if they were read.
    pub(crate) fn member_count(&self) -> Option<usize> {
        self.lock().members.as_ref().map(HashSet::len)
    }

    /// Gives those of the users who belong to the room.
    pub(crate) fn members_among<'a>(&self, users: impl Iterator<Item = &'a UserId>) -> Vec<UserId> {
        match &self.lock().members {
            Some(members) => users.filter(|user| members.contains(*user)).copied().collect(),
            None => Vec::new(),
        }
    }

    /// Gives the room up if nobody is connected; then nobody can subscribe any more.
    pub(crate) fn close_if_empty(&self) -> bool {
        let mut state = self.lock();
        if state.subscribers.is_empty() {
            state.closed = true;
        }
        state.closed
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
