//! Which rooms of a `sync` are still to be sent.

use std::collections::{BTreeMap, HashSet};

use domain::model::{RoomId, RoomRev};
use protocol::{GatewayFrame, SyncedFrame};

/// What was asked for by `sync` and isn't sent yet.
#[derive(Debug, Default)]
pub(super) struct SyncProgress {
    waiting: HashSet<RoomId>,
    heads: BTreeMap<String, u64>,
    under_way: bool,
}

impl SyncProgress {
    /// Notes that a room is to be sent.
    pub(super) fn ask(&mut self, room: RoomId) {
        self.waiting.insert(room);
    }

    /// Notes that every room was noted: the sync ends with the last of them.
    pub(super) fn all_asked(&mut self) {
        self.under_way = true;
    }

    /// Notes that a room has caught up.
    pub(super) fn done(&mut self, room: RoomId, head: RoomRev) {
        if self.waiting.remove(&room) {
            self.heads.insert(room.to_string(), head.get());
        }
    }

    /// Notes that a room is gone.
    pub(super) fn forget(&mut self, room: RoomId) {
        self.waiting.remove(&room);
        self.heads.remove(&room.to_string());
    }

    /// Gives the frame that ends the sync once nothing is left to wait for.
    pub(super) fn finish(&mut self) -> Option<GatewayFrame> {
        if !self.under_way || !self.waiting.is_empty() {
            return None;
        }
        self.under_way = false;
        Some(GatewayFrame::Synced(SyncedFrame { heads: std::mem::take(&mut self.heads) }))
    }
}
