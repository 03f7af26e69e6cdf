//! What every connection has to keep, whatever happens: checked frame by frame.

use std::collections::{BTreeMap, BTreeSet};

use protocol::GatewayFrame;

/// The most frames of changes and hints that wait for a connection.
const MAX_FRAMES: usize = 256;
/// The most bytes of them.
const MAX_BYTES: usize = 1024 * 1024;

/// What was sent on one connection.
#[derive(Debug, Default)]
pub(crate) struct Observer {
    /// The rooms that the client was told of.
    rooms: BTreeMap<String, Place>,
    /// How far the client said it knows its rooms.
    known: BTreeMap<String, u64>,
    /// What the client said without knowing: it is believed.
    claimed: BTreeSet<(String, u64)>,
}

/// How far a room was sent.
#[derive(Debug, Default)]
struct Place {
    /// The last change; none before the first catch-up.
    last: Option<u64>,
    /// Whether the client was told to ask.
    lagged: bool,
}

impl Observer {
    /// Begins with a connection of a client that knows its rooms that far.
    pub(crate) fn new(known: BTreeMap<String, u64>) -> Self {
        Self { known, ..Self::default() }
    }

    /// Notes that the client asks for a room from where it says it is: if nothing follows, nothing is sent.
    pub(crate) fn asks(&mut self, room: &str, from: u64) {
        let from = *self.known.entry(room.to_owned()).or_insert(from);
        if let Some(place) = self.rooms.get_mut(room) {
            place.last.get_or_insert(from);
        }
    }

    /// Notes that the client asks for a room from anywhere.
    pub(crate) fn claims(&mut self, room: &str, from: u64) {
        self.asks(room, from);
        self.claimed.insert((room.to_owned(), from));
    }

    /// Checks a frame; answers what is wrong with it.
    pub(crate) fn see(&mut self, frame: &GatewayFrame) -> Result<(), String> {
        match frame {
            GatewayFrame::State(state) => {
                self.rooms.retain(|id, _| state.rooms.iter().any(|room| room.id == *id));
                state.rooms.iter().for_each(|room| self.add(&room.id));
            }
            GatewayFrame::Room(room) => self.add(&room.id),
            GatewayFrame::RoomRemoved(removed) => {
                self.rooms.remove(&removed.room_id);
                self.known.remove(&removed.room_id);
            }
            GatewayFrame::Reset(reset) => {
                *self.place(&reset.room_id, "reset")? = Place { last: Some(reset.head_rev), lagged: false };
            }
            GatewayFrame::Changes(changes) => {
                let claimed = self.claimed.contains(&(changes.room_id.clone(), changes.from));
                let place = self.place(&changes.room_id, "changes")?;
                if !claimed && place.last.is_some_and(|last| changes.from > last) {
                    return Err(format!("changes {}..{} after {:?}", changes.from, changes.to, place.last));
                }
                place.last = place.last.max(Some(changes.to));
                place.lagged = false;
            }
            GatewayFrame::Message(message) | GatewayFrame::MessageDeleted(message) => {
                self.live(&message.room_id, message.rev)?;
            }
            GatewayFrame::MessageUpdated(frame) => self.live(&frame.message.room_id, frame.message.rev)?,
            GatewayFrame::Lagged(lagged) => self.place(&lagged.room_id, "lagged")?.lagged = true,
            GatewayFrame::Marker(marker) => drop(self.place(&marker.room_id, "marker")?),
            GatewayFrame::Receipt(receipt) => drop(self.place(&receipt.room_id, "receipt")?),
            GatewayFrame::Member(member) => drop(self.place(&member.room_id, "member")?),
            GatewayFrame::Typing(typing) => drop(self.place(&typing.room_id, "typing")?),
            GatewayFrame::Ping(ping) => self.heads(&ping.heads, "ping")?,
            GatewayFrame::Synced(synced) => self.heads(&synced.heads, "synced")?,
            _ => {}
        }
        Ok(())
    }

    fn add(&mut self, room: &str) {
        let last = self.known.get(room).copied();
        self.rooms.entry(room.to_owned()).or_insert(Place { last, lagged: false });
    }

    /// Finds a room that the client has; anything told of another one went out after `room_removed` or before `room`.
    fn place(&mut self, room: &str, what: &str) -> Result<&mut Place, String> {
        self.rooms.get_mut(room).ok_or_else(|| format!("{what} of room {room}, which the client doesn't have"))
    }

    fn live(&mut self, room: &str, rev: u64) -> Result<(), String> {
        let place = self.place(room, "a change")?;
        match place.last {
            Some(last) if rev == last + 1 && !place.lagged => place.last = Some(rev),
            last => return Err(format!("change {rev} of room {room} after {last:?}, lagged: {}", place.lagged)),
        }
        Ok(())
    }

    /// Nobody is told of a head that wasn't sent.
    fn heads(&mut self, heads: &BTreeMap<String, u64>, what: &str) -> Result<(), String> {
        for (room, head) in heads {
            let claimed = self.claimed.contains(&(room.clone(), *head));
            let place = self.place(room, what)?;
            if claimed {
                place.last = place.last.max(Some(*head));
            } else if !place.lagged && place.last.is_none_or(|last| last < *head) {
                return Err(format!("{what} says {head} of room {room} after {:?}", place.last));
            }
        }
        Ok(())
    }
}

/// Checks what a connection held at once: bounded, but for replies, which clients bound by reading them.
pub(crate) fn check_bounds(frames: &[(GatewayFrame, usize)]) -> Result<(), String> {
    let queued = frames.iter().filter(|(frame, _)| {
        matches!(
            frame,
            GatewayFrame::Message(_)
                | GatewayFrame::MessageUpdated(_)
                | GatewayFrame::MessageDeleted(_)
                | GatewayFrame::Typing(_)
                | GatewayFrame::Member(_)
        )
    });
    let (count, bytes) = queued.fold((0, 0), |(count, bytes), (_, size)| (count + 1, bytes + size));
    if count > MAX_FRAMES || bytes > MAX_BYTES {
        return Err(format!("{count} frames of {bytes} bytes waited"));
    }
    Ok(())
}
