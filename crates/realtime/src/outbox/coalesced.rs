//! What is worth only its latest state: kept by key until the queue has drained.

use std::collections::BTreeMap;

use bytes::Bytes;
use domain::model::{RoomId, RoomSeq, UserId};
use protocol::{GatewayFrame, MarkerDto, PresenceDto, PresenceFrame, ReceiptFrame};

use crate::frame::encode;

/// States of which the last one counts.
#[derive(Debug, Default)]
pub(super) struct Coalesced {
    presence: BTreeMap<UserId, PresenceDto>,
    receipts: BTreeMap<RoomId, BTreeMap<UserId, RoomSeq>>,
    markers: BTreeMap<RoomId, MarkerDto>,
}

impl Coalesced {
    pub(super) fn is_empty(&self) -> bool {
        self.presence.is_empty() && self.receipts.is_empty() && self.markers.is_empty()
    }

    pub(super) fn add_presence(&mut self, user: UserId, presence: PresenceDto) {
        self.presence.insert(user, presence);
    }

    pub(super) fn add_receipt(&mut self, room: RoomId, user: UserId, read_seq: RoomSeq) {
        self.receipts.entry(room).or_default().insert(user, read_seq);
    }

    pub(super) fn add_marker(&mut self, room: RoomId, marker: MarkerDto) {
        self.markers.insert(room, marker);
    }

    /// Forgets what concerns a room.
    pub(super) fn forget(&mut self, room: RoomId) {
        self.receipts.remove(&room);
        self.markers.remove(&room);
    }

    /// Encodes everything, a frame a room and one for presence.
    pub(super) fn take(&mut self, into: &mut Vec<Bytes>) {
        let taken = std::mem::take(self);
        into.extend(taken.markers.into_values().map(|marker| encode(&GatewayFrame::Marker(marker))));
        for (room, receipts) in taken.receipts {
            let set = receipts.into_iter().map(|(user, seq)| (user.to_string(), seq.get())).collect();
            into.push(encode(&GatewayFrame::Receipt(ReceiptFrame { room_id: room.to_string(), set })));
        }
        if !taken.presence.is_empty() {
            let set = taken.presence.into_iter().map(|(user, presence)| (user.to_string(), presence)).collect();
            into.push(encode(&GatewayFrame::Presence(PresenceFrame { set })));
        }
    }
}
