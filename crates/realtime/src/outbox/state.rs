//! What waits, and how far each room has got.

use std::collections::BTreeMap;

use bytes::Bytes;
use domain::model::{Privacy, RoomId, RoomRev, UserId};
use protocol::{GatewayFrame, LaggedFrame};

use super::coalesced::Coalesced;
use super::lane::{Lane, Lanes, Missing, Mode};
use super::queue::Queue;
use super::sync_progress::SyncProgress;
use super::{Pending, Start};
use crate::close_reason::CloseReason;
use crate::frame::{Dialect, Frame, encode};

/// What is behind the lock of an outbox.
#[derive(Debug)]
pub(super) struct State {
    pub(super) queue: Queue,
    pub(super) lanes: Lanes,
    pub(super) coalesced: Coalesced,
    pub(super) sync: SyncProgress,
    /// Rooms that have to be read again for this user, each with the number of the wish: one that came while it was
    /// being fulfilled is another one.
    pub(super) refresh: BTreeMap<RoomId, u64>,
    /// The wish to read all of the user's rooms again.
    pub(super) recheck: Option<u64>,
    /// How many wishes there were.
    pub(super) wishes: u64,
    /// Whether wishes have to wait.
    pub(super) wishes_held: bool,
    pub(super) privacy: Privacy,
    pub(super) close: Option<CloseReason>,
}

impl State {
    pub(super) fn new(privacy: Privacy) -> Self {
        Self {
            queue: Queue::default(),
            lanes: Lanes::default(),
            coalesced: Coalesced::default(),
            sync: SyncProgress::default(),
            refresh: BTreeMap::new(),
            recheck: None,
            wishes: 0,
            wishes_held: false,
            privacy,
            close: None,
        }
    }

    /// Begins a room's lane, or begins it anew.
    pub(super) fn begin(&mut self, room: RoomId, start: Start, first: bool) {
        let lane = match start {
            Start::AtHead => Lane { delivered: RoomRev::ZERO, mode: Mode::Waiting, told: RoomRev::ZERO },
            Start::Behind(missing) => {
                let delivered = if let Missing::Changes(after) = missing { after } else { RoomRev::ZERO };
                Lane { delivered, mode: Mode::Behind(missing), told: RoomRev::ZERO }
            }
        };
        self.lanes.begin(room, lane, first);
    }

    /// Queues one frame; answers whether there is something to do for whoever drains.
    pub(super) fn push(&mut self, room: RoomId, frame: &Frame, dialect: Dialect, viewer: UserId) -> bool {
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

    pub(super) fn finish_sync(&mut self) {
        if let Some(frame) = self.sync.finish() {
            self.queue.push(encode(&frame));
        }
    }

    pub(super) fn take(&mut self, into: &mut Vec<Bytes>) -> Pending {
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
        if let Some(wish) = self.recheck.filter(|_| !self.wishes_held) {
            return Pending::Recheck(wish);
        }
        if let Some((room, wish)) = self.refresh.first_key_value().filter(|_| !self.wishes_held) {
            return Pending::Refresh(*room, *wish);
        }
        match self.lanes.next_behind() {
            Some((room, missing)) => Pending::CatchUp(room, missing),
            None => Pending::Nothing,
        }
    }
}
