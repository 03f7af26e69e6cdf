//! What waits to be sent on one connection: bounded, and never a reason for anybody else to wait.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use domain::model::{RoomRev, UserId};
use tokio::sync::Notify;

use crate::frame::Frame;

/// Why the server closes a connection: a WebSocket close code and a word for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloseReason {
    /// The close code (RFC 6455, section 7.4, and the project's own from 4000).
    pub code: u16,
    /// The reason, at most 123 bytes.
    pub reason: &'static str,
}

impl CloseReason {
    /// The server restarts; come back soon.
    pub const RESTART: Self = Self { code: 1012, reason: "the server is restarting" };
    /// The user isn't a member of the room any more.
    pub const NOT_A_MEMBER: Self = Self { code: 1008, reason: "you are no longer a member of this room" };
    /// The session was ended.
    pub const SESSION_REVOKED: Self = Self { code: 4010, reason: "the session was ended" };
    /// The account was shut.
    pub const ACCOUNT_DISABLED: Self = Self { code: 4011, reason: "the account is disabled" };
}

/// What [`crate::SeedConnection::drain`] came back with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    /// Frames were added, in the order to send them.
    Frames,
    /// Everything was given out before, and the connection has to be closed.
    Close(CloseReason),
}

/// The most frames that wait.
pub(crate) const MAX_FRAMES: usize = 256;
/// The most bytes that wait.
pub(crate) const MAX_BYTES: usize = 1024 * 1024;

/// The queue of one connection.
#[derive(Debug)]
pub(crate) struct Outbox {
    viewer: UserId,
    state: Mutex<State>,
    wake: Notify,
}

#[derive(Debug)]
struct State {
    frames: Vec<Bytes>,
    bytes: usize,
    /// The last change of the timeline that was queued.
    delivered: RoomRev,
    /// Whether changes after `delivered` were left out for want of room: they have to be read from the store.
    dirty: bool,
    close: Option<CloseReason>,
}

/// What there is to do for whoever drains the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pending {
    /// Frames were moved out.
    Frames,
    /// The queue is empty and changes after this one were left out.
    CatchUp(RoomRev),
    /// The connection has to be closed.
    Close(CloseReason),
    /// Nothing; wait.
    Nothing,
}

impl Outbox {
    /// Makes an empty queue for a connection of that user.
    pub(crate) fn new(viewer: UserId) -> Self {
        let state = State { frames: Vec::new(), bytes: 0, delivered: RoomRev::MAX, dirty: false, close: None };
        Self { viewer, state: Mutex::new(state), wake: Notify::new() }
    }

    /// Begins delivery after the given change.
    pub(crate) fn begin_after(&self, rev: RoomRev) {
        self.lock().delivered = rev;
    }

    /// Queues frames in their order and wakes whoever drains, once. Changes that were queued already are left
    /// out; the first one that doesn't fit marks the queue dirty.
    pub(crate) fn push(&self, frames: &[Frame]) {
        let mut state = self.lock();
        let before = state.frames.len();
        for frame in frames {
            state.push(frame, self.viewer);
        }
        let wake = state.frames.len() > before || state.dirty;
        drop(state);
        if wake {
            self.wake.notify_one();
        }
    }

    /// Queues changes read from the store, up to `through`; `head` tells how far the room has got by now. The
    /// queue is clean again when it isn't behind the room.
    pub(crate) fn push_missed(&self, frames: &[Frame], through: RoomRev, head: impl Fn() -> RoomRev) {
        let mut state = self.lock();
        for frame in frames {
            state.queue(frame, self.viewer);
        }
        state.delivered = state.delivered.max(through);
        // Read under this queue's lock: a room raises its head before it pushes, so a change is either seen
        // here or pushed after the queue was declared clean.
        if state.delivered >= head() {
            state.dirty = false;
        }
        drop(state);
        self.wake.notify_one();
    }

    /// Asks for the connection to be closed after what is queued; the first reason counts.
    pub(crate) fn close(&self, reason: CloseReason) {
        self.lock().close.get_or_insert(reason);
        self.wake.notify_one();
    }

    /// Moves out what is queued.
    pub(crate) fn take(&self, into: &mut Vec<Bytes>) -> Pending {
        let mut state = self.lock();
        if !state.frames.is_empty() {
            state.bytes = 0;
            if into.is_empty() {
                std::mem::swap(into, &mut state.frames);
            } else {
                into.append(&mut state.frames);
            }
            Pending::Frames
        } else if let Some(reason) = state.close {
            Pending::Close(reason)
        } else if state.dirty {
            Pending::CatchUp(state.delivered)
        } else {
            Pending::Nothing
        }
    }

    /// Waits until there may be something to take.
    pub(crate) async fn woken(&self) {
        self.wake.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn push(&mut self, frame: &Frame, viewer: UserId) {
        let fits = self.frames.len() < MAX_FRAMES && self.bytes + frame.bytes_for(viewer).len() <= MAX_BYTES;
        match frame.rev {
            Some(rev) if self.dirty || rev <= self.delivered => {}
            Some(_) if !fits => self.dirty = true,
            Some(rev) => {
                self.delivered = rev;
                self.queue(frame, viewer);
            }
            // What isn't part of the timeline is worth nothing late.
            None if self.dirty || !fits => {}
            None => self.queue(frame, viewer),
        }
    }

    fn queue(&mut self, frame: &Frame, viewer: UserId) {
        let bytes = frame.bytes_for(viewer).clone();
        self.bytes += bytes.len();
        self.frames.push(bytes);
    }
}
