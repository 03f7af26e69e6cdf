//! What waits to be sent on one connection: bounded, and never a reason for anybody else to wait.
//!
//! Three classes share it. Changes to timelines are queued as they happen; when they don't fit, the room's lane falls
//! behind: the seed's socket reads what it missed from the store, the gateway tells its client to ask. States of which
//! the last one counts (presence, receipts, markers) are kept by key. Who is writing is dropped first.

mod coalesced;
mod lane;
mod queue;
mod state;
mod sync_progress;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use domain::model::{Privacy, RoomId, RoomRev, RoomSeq, UserId};
use protocol::{GatewayFrame, MarkerDto, PingFrame, PresenceDto};
use tokio::sync::Notify;

use crate::close_reason::CloseReason;
use crate::frame::{Dialect, Frame, encode};
use lane::{Lane, Mode};
use state::State;

pub(crate) use lane::Missing;

/// What draining a connection came back with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    /// Frames were added, in the order to send them.
    Frames,
    /// Everything was given out before, and the connection has to be closed.
    Close(CloseReason),
}

/// The queue of one connection.
#[derive(Debug)]
pub(crate) struct Outbox {
    pub(crate) viewer: UserId,
    pub(crate) dialect: Dialect,
    state: Mutex<State>,
    wake: Notify,
    /// Told when frames were taken, and when the connection is to be closed.
    drained: Notify,
}

/// What there is to do for whoever drains the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pending {
    /// Frames were moved out.
    Frames,
    /// The queue is empty, and a room misses something that has to be read.
    CatchUp(RoomId, Missing),
    /// The queue is empty, and the room has to be read again for this user; the number names the wish.
    Refresh(RoomId, u64),
    /// The queue is empty, and all rooms of the user have to be read again; the number names the wish.
    Recheck(u64),
    /// The connection has to be closed.
    Close(CloseReason),
    /// Nothing; wait.
    Nothing,
}

/// Where a lane begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// With the first change after the room's own head, once that is known.
    AtHead,
    /// With what has to be read.
    Behind(Missing),
}

/// What was read for a lane that is behind.
#[derive(Debug)]
pub(crate) struct Found {
    /// What was missing when it was read.
    pub(crate) missing: Missing,
    /// The frames, encoded.
    pub(crate) frames: Vec<Bytes>,
    /// The change up to which nothing is missing with them.
    pub(crate) through: RoomRev,
}

impl Outbox {
    /// Makes an empty queue for a connection of that user.
    pub(crate) fn new(viewer: UserId, dialect: Dialect, privacy: Privacy) -> Self {
        let state = State::new(privacy);
        Self { viewer, dialect, state: Mutex::new(state), wake: Notify::new(), drained: Notify::new() }
    }

    /// Begins a room's lane, or begins it anew. `first` puts it before others that are behind.
    pub(crate) fn begin(&self, room: RoomId, start: Start, first: bool) {
        self.lock().begin(room, start, first);
        self.wake.notify_one();
    }

    /// Does the same because the client asked: `synced` waits for the room. Nothing is between the two, or the room could
    /// have caught up before anybody waited for it.
    pub(crate) fn begin_asked(&self, room: RoomId, start: Start, first: bool) {
        let mut state = self.lock();
        state.sync.ask(room);
        state.begin(room, start, first);
        drop(state);
        self.wake.notify_one();
    }

    /// Tells a lane that waits for it how far its room has got.
    pub(crate) fn room_is_at(&self, room: RoomId, head: RoomRev) {
        if let Some(lane) = self.lock().lanes.get_mut(room)
            && lane.mode == Mode::Waiting
        {
            *lane = Lane { delivered: head, mode: Mode::Live, told: head };
        }
    }

    /// Ends a room's lane: nothing of the room is queued from now on.
    pub(crate) fn end(&self, room: RoomId) -> bool {
        let mut state = self.lock();
        state.coalesced.forget(room);
        state.refresh.remove(&room);
        state.sync.forget(room);
        let ended = state.lanes.remove(room);
        state.finish_sync();
        drop(state);
        self.wake.notify_one();
        ended
    }

    /// Queues frames of a room in their order and wakes whoever drains, once. Changes that were queued already are
    /// left out; one that doesn't fit puts the lane behind.
    pub(crate) fn push(&self, room: RoomId, frames: &[Frame]) {
        let mut state = self.lock();
        let mut wake = false;
        for frame in frames {
            wake |= state.push(room, frame, self.dialect, self.viewer);
        }
        drop(state);
        if wake {
            self.wake.notify_one();
        }
    }

    /// Queues what was read from the store for a lane that is behind; `head` tells how far the room has got by now. The
    /// lane is live again when it isn't behind the room. A lane that was begun anew meanwhile takes nothing.
    pub(crate) fn push_missed(&self, room: RoomId, found: Found, head: impl Fn() -> Option<RoomRev>) {
        let mut state = self.lock();
        let Some(lane) = state.lanes.get_mut(room).filter(|lane| lane.is_missing(found.missing)) else {
            return;
        };
        // Not the greater of the two: a client may claim to know more than there is, and begins anew then.
        lane.delivered = found.through;
        lane.mode = Mode::Behind(Missing::Changes(lane.delivered));
        // Read under this queue's lock: a room raises its head before it pushes, so a change is either seen
        // here or pushed after the lane was declared live.
        let live = head().is_some_and(|head| lane.delivered >= head);
        let delivered = lane.delivered;
        if live {
            lane.mode = Mode::Live;
            lane.told = delivered;
        }
        for frame in found.frames {
            state.queue.push(frame);
        }
        if live {
            state.lanes.caught_up(room);
            state.sync.done(room, delivered);
            state.finish_sync();
        }
        drop(state);
        self.wake.notify_one();
    }

    /// Notes that the lanes of all rooms that a `sync` asks for were begun: `synced` follows the last of them.
    pub(crate) fn all_asked(&self) {
        let mut state = self.lock();
        state.sync.all_asked();
        state.finish_sync();
        drop(state);
        self.wake.notify_one();
    }

    /// Queues a frame for this connection alone, whether it fits or not: whoever calls sees to it that there aren't
    /// many.
    pub(crate) fn reply(&self, frame: Bytes) {
        self.lock().queue.push(frame);
        self.wake.notify_one();
    }

    /// Queues a frame for this connection alone unless the queue is full.
    pub(crate) fn try_reply(&self, frame: Bytes) {
        let mut state = self.lock();
        if state.queue.fits(frame.len()) {
            state.queue.push(frame);
            drop(state);
            self.wake.notify_one();
        }
    }

    /// Waits until there is room for another reply.
    pub(crate) async fn has_room(&self) {
        loop {
            let drained = self.drained.notified();
            if self.lock().queue.fits(0) {
                return;
            }
            drained.await;
        }
    }

    /// Lets other rooms that are behind catch up before this one.
    pub(crate) fn postpone(&self, room: RoomId) {
        self.lock().lanes.postpone(room);
    }

    /// Notes somebody's presence, unless the viewer shows none of their own.
    pub(crate) fn add_presence(&self, user: UserId, presence: &PresenceDto) {
        let mut state = self.lock();
        if state.privacy.presence {
            state.coalesced.add_presence(user, presence.clone());
            drop(state);
            self.wake.notify_one();
        }
    }

    /// Notes how far others have read, unless the viewer shows no positions of their own.
    pub(crate) fn add_receipts(&self, room: RoomId, receipts: &[(UserId, RoomSeq)]) {
        let mut state = self.lock();
        if !state.privacy.receipts || state.lanes.get_mut(room).is_none() {
            return;
        }
        for (user, read_seq) in receipts.iter().filter(|(user, _)| *user != self.viewer) {
            state.coalesced.add_receipt(room, *user, *read_seq);
        }
        drop(state);
        self.wake.notify_one();
    }

    /// Notes the viewer's own read position.
    pub(crate) fn add_marker(&self, room: RoomId, marker: MarkerDto) {
        let mut state = self.lock();
        if state.lanes.get_mut(room).is_some() {
            state.coalesced.add_marker(room, marker);
            drop(state);
            self.wake.notify_one();
        }
    }

    /// Replaces what the viewer shows of themselves.
    pub(crate) fn set_privacy(&self, privacy: Privacy) {
        self.lock().privacy = privacy;
    }

    /// Lets wishes to read rooms again wait, or not any more: as long as the list of rooms is being read, whatever is told
    /// of single rooms would be overtaken by it.
    pub(crate) fn hold_wishes(&self, hold: bool) {
        self.lock().wishes_held = hold;
        self.wake.notify_one();
    }

    /// Asks for a room to be read again for this user.
    pub(crate) fn refresh(&self, room: RoomId) {
        let mut state = self.lock();
        state.wishes += 1;
        let wish = state.wishes;
        state.refresh.insert(room, wish);
        drop(state);
        self.wake.notify_one();
    }

    /// Notes that a room was read again.
    pub(crate) fn refreshed(&self, room: RoomId, wish: u64) {
        let mut state = self.lock();
        if state.refresh.get(&room) == Some(&wish) {
            state.refresh.remove(&room);
        }
    }

    /// Asks for all rooms of the user to be read again.
    pub(crate) fn recheck(&self) {
        let mut state = self.lock();
        state.wishes += 1;
        state.recheck = Some(state.wishes);
        drop(state);
        self.wake.notify_one();
    }

    /// Notes that all rooms were read again.
    pub(crate) fn rechecked(&self, wish: u64) {
        let mut state = self.lock();
        if state.recheck == Some(wish) {
            state.recheck = None;
        }
    }

    /// Queues a heartbeat with the heads that moved since the one before.
    pub(crate) fn ping(&self) {
        let mut state = self.lock();
        let heads = state.lanes.tell_heads().into_iter().map(|(room, head)| (room.to_string(), head.get())).collect();
        state.queue.push(encode(&GatewayFrame::Ping(PingFrame { heads })));
        drop(state);
        self.wake.notify_one();
    }

    /// Asks for the connection to be closed after what is queued; the first reason counts.
    pub(crate) fn close(&self, reason: CloseReason) {
        self.lock().close.get_or_insert(reason);
        self.wake.notify_one();
        self.drained.notify_waiters();
    }

    /// Waits until the connection is to be closed.
    pub(crate) async fn closing(&self) {
        loop {
            let changed = self.drained.notified();
            if self.lock().close.is_some() {
                return;
            }
            changed.await;
        }
    }

    /// Moves out what is queued, or tells what else there is to do.
    pub(crate) fn take(&self, into: &mut Vec<Bytes>) -> Pending {
        let mut state = self.lock();
        let pending = state.take(into);
        drop(state);
        if pending == Pending::Frames {
            self.drained.notify_waiters();
        }
        pending
    }

    /// Waits until there may be something to take.
    pub(crate) async fn woken(&self) {
        self.wake.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
