//! What waits to be sent on one connection: bounded, and never a reason for anybody else to wait.
//!
//! Three classes share it. Changes to timelines are queued as they happen; when they don't fit, the room's lane falls
//! behind: the seed's socket reads what it missed from the store, the gateway tells its client to ask. States of which
//! the last one counts (presence, receipts, markers) are kept by key. Who is writing is dropped first.

mod coalesced;
mod lane;
mod queue;
mod sync_progress;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use domain::model::{Privacy, RoomId, RoomRev, RoomSeq, UserId};
use protocol::{GatewayFrame, LaggedFrame, MarkerDto, PingFrame, PresenceDto};
use tokio::sync::Notify;

use crate::close_reason::CloseReason;
use crate::frame::{Dialect, Frame, encode};
use coalesced::Coalesced;
use lane::{Lane, Lanes, Mode};
use queue::Queue;
use sync_progress::SyncProgress;

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
    drained: Notify,
}

#[derive(Debug)]
struct State {
    queue: Queue,
    lanes: Lanes,
    coalesced: Coalesced,
    sync: SyncProgress,
    /// Rooms that have to be read again for this user, each with the number of the wish: one that came while it was
    /// being fulfilled is another one.
    refresh: BTreeMap<RoomId, u64>,
    /// The wish to read all of the user's rooms again.
    recheck: Option<u64>,
    /// How many wishes there were.
    wishes: u64,
    privacy: Privacy,
    close: Option<CloseReason>,
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
        let state = State {
            queue: Queue::default(),
            lanes: Lanes::default(),
            coalesced: Coalesced::default(),
            sync: SyncProgress::default(),
            refresh: BTreeMap::new(),
            recheck: None,
            wishes: 0,
            privacy,
            close: None,
        };
        Self { viewer, dialect, state: Mutex::new(state), wake: Notify::new(), drained: Notify::new() }
    }

    /// Begins a room's lane, or begins it anew. `first` puts it before others that are behind.
    pub(crate) fn begin(&self, room: RoomId, start: Start, first: bool) {
        let lane = match start {
            Start::AtHead => Lane { delivered: RoomRev::ZERO, mode: Mode::Waiting, told: RoomRev::ZERO },
            Start::Behind(missing) => {
                let delivered = if let Missing::Changes(after) = missing { after } else { RoomRev::ZERO };
                Lane { delivered, mode: Mode::Behind(missing), told: RoomRev::ZERO }
            }
        };
        self.lock().lanes.begin(room, lane, first);
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

    /// Queues what was read from the store for a lane that is behind; `head` tells how far the room has got by now. The lane is live again when it isn't behind
    /// the room. A lane that was begun anew meanwhile takes nothing.
    pub(crate) fn push_missed(&self, room: RoomId, found: Found, head: impl Fn() -> Option<RoomRev>) {
        let mut state = self.lock();
        let Some(lane) = state.lanes.get_mut(room).filter(|lane| lane.is_missing(found.missing)) else {
            return;
        };
        lane.delivered = lane.delivered.max(found.through);
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

    /// Begins to wait for rooms that were asked for by `sync`; their lanes have to be begun already.
    pub(crate) fn begin_sync(&self, rooms: impl IntoIterator<Item = RoomId>) {
        let mut state = self.lock();
        state.sync.begin(rooms);
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

impl State {
    /// Queues one frame; answers whether there is something to do for whoever drains.
    fn push(&mut self, room: RoomId, frame: &Frame, dialect: Dialect, viewer: UserId) -> bool {
        let Some(lane) = self.lanes.get_mut(room) else {
            return false;
        };
        let bytes = match (frame, dialect) {
            (Frame::Timeline(frame), _) => {
                let bytes = frame.bytes_for(dialect, viewer);
                match &mut lane.mode {
                    Mode::Lagged { head, .. } => {
                        *head = (*head).max(frame.rev);
                        return false;
                    }
                    Mode::Behind(_) | Mode::Waiting => return false,
                    Mode::Live if frame.rev <= lane.delivered => return false,
                    Mode::Live => {}
                }
                if bytes.is_some_and(|bytes| !self.queue.fits(bytes.len())) {
                    self.fall_behind(room, frame.rev, dialect);
                    return true;
                }
                lane.delivered = frame.rev;
                bytes
            }
            // What isn't part of a timeline is worth nothing late.
            (Frame::Notice(bytes), Dialect::Seed) | (Frame::Member(bytes), Dialect::Gateway)
                if lane.mode == Mode::Live && self.queue.fits(bytes.len()) =>
            {
                Some(bytes)
            }
            (Frame::Typing(bytes), Dialect::Gateway)
                if self.privacy.typing && lane.mode == Mode::Live && self.queue.fits(bytes.len()) =>
            {
                Some(bytes)
            }
            _ => None,
        };
        match bytes {
            Some(bytes) => {
                self.queue.push(bytes.clone());
                true
            }
            None => false,
        }
    }

    fn fall_behind(&mut self, room: RoomId, rev: RoomRev, dialect: Dialect) {
        let Some(lane) = self.lanes.get_mut(room) else {
            return;
        };
        match dialect {
            Dialect::Seed => {
                lane.mode = Mode::Behind(Missing::Changes(lane.delivered));
                self.lanes.enqueue(room);
            }
            Dialect::Gateway => lane.mode = Mode::Lagged { head: rev, told: false },
        }
    }

    fn finish_sync(&mut self) {
        if let Some(frame) = self.sync.finish() {
            self.queue.push(encode(&frame));
        }
    }

    fn take(&mut self, into: &mut Vec<Bytes>) -> Pending {
        let had_frames = !self.queue.is_empty();
        self.queue.take(into);
        if !self.coalesced.is_empty() {
            self.coalesced.take(into);
            return Pending::Frames;
        }
        if had_frames {
            return Pending::Frames;
        }
        if let Some(reason) = self.close {
            return Pending::Close(reason);
        }
        let lagged = self.lanes.tell_lagged();
        if !lagged.is_empty() {
            let frame = |(room, head): (RoomId, RoomRev)| {
                encode(&GatewayFrame::Lagged(LaggedFrame { room_id: room.to_string(), head_rev: head.get() }))
            };
            into.extend(lagged.into_iter().map(frame));
            return Pending::Frames;
        }
        if let Some(wish) = self.recheck {
            return Pending::Recheck(wish);
        }
        if let Some((room, wish)) = self.refresh.first_key_value() {
            return Pending::Refresh(*room, *wish);
        }
        match self.lanes.next_behind() {
            Some((room, missing)) => Pending::CatchUp(room, missing),
            None => Pending::Nothing,
        }
    }
}
