//! One room that somebody is connected to.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::model::{Event, RoomId, RoomRev, UserId};
use metrics::counter;
use tokio::sync::{Notify, mpsc, watch};

use crate::frame::Frame;
use crate::outbox::{CloseReason, Outbox};

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
    subscribers: HashMap<u64, Subscriber>,
    connections: HashMap<UserId, usize>,
    closed: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Subscriber {
    pub(crate) user_id: UserId,
    pub(crate) outbox: Arc<Outbox>,
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

    /// Adds a connection; it gets every change after the room's present head. Answers whether it is the
    /// user's first here, or nothing if the room has just been given up.
    pub(crate) fn subscribe(&self, connection: u64, subscriber: Subscriber) -> Option<bool> {
        let mut state = self.lock();
        if state.closed {
            return None;
        }
        if let Some(head) = self.head() {
            subscriber.outbox.begin_after(head);
        }
        let count = state.connections.entry(subscriber.user_id).or_default();
        *count += 1;
        let first = *count == 1;
        state.subscribers.insert(connection, subscriber);
        Some(first)
    }

    /// Removes a connection; answers whether it was the user's last here.
    pub(crate) fn unsubscribe(&self, connection: u64) -> bool {
        let mut state = self.lock();
        let Some(subscriber) = state.subscribers.remove(&connection) else {
            return false;
        };
        let last = match state.connections.get_mut(&subscriber.user_id) {
            Some(count) if *count > 1 => {
                *count -= 1;
                false
            }
            _ => state.connections.remove(&subscriber.user_id).is_some(),
        };
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
        for subscriber in state.subscribers.values() {
            subscriber.outbox.begin_after(head);
        }
        drop(state);
        self.ready.send_replace(true);
    }

    /// Queues the same frames for every subscriber. `head` is the last change among them or before.
    pub(crate) fn deliver(&self, frames: &[Frame], head: RoomRev) {
        let state = self.lock();
        // Before the first push: see `Outbox::push_missed`.
        self.head.store(head.to_i64(), Ordering::Release);
        for subscriber in state.subscribers.values() {
            subscriber.outbox.push(frames);
        }
        let deliveries = state.subscribers.len() as u64 * frames.len() as u64;
        drop(state);
        counter!("chinwag_frames_queued_total").increment(deliveries);
    }

    /// Closes the connections of one user.
    pub(crate) fn close_user(&self, user_id: UserId, reason: CloseReason) {
        for subscriber in self.lock().subscribers.values() {
            if subscriber.user_id == user_id {
                subscriber.outbox.close(reason);
            }
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
