//! Begins delivery: subscribes before it reads, so that nothing falls between what was and what happens.

use std::collections::HashMap;

use domain::model::{PageSize, RoomId, RoomOverview, RoomRef, RoomRev};
use domain::port::RepositoryError;
use protocol::{GatewayFrame, OkFrame, PublicUserDto, RoomDto, RoomRemovedFrame, StateFrame, SyncCommand};
use serde_json::Value;

use super::connection::GatewayConnection;
use super::link::Watch;
use super::refusal::refusal;
use crate::frame::encode;
use crate::outbox::{Missing, Start};

/// How many rooms are read from the store at once.
const ROOMS: u16 = 500;
/// The most changes that are caught up with; beyond, the client begins anew.
const MOST_CHANGES: u64 = 1000;

impl GatewayConnection {
    pub(super) async fn sync(&self, id: Option<Value>, command: SyncCommand) {
        let known = match self.hub.ports.dataset.epoch().await {
            Ok(epoch) if command.epoch.as_deref() == Some(epoch.as_str()) => command.rooms.into_iter().collect(),
            Ok(_) => command.rooms.into_iter().map(|(room, _)| (room, RoomRev::MAX)).collect(),
            Err(error) => return self.send_error(refusal(&self.actor, id, &error)),
        };
        if self.link.begin() {
            self.sync_all(id, &known, command.focus.as_ref()).await;
        } else {
            self.sync_named(id, &known, command.focus.as_ref());
        }
    }

    /// Answers a first `sync`: every room of the user.
    async fn sync_all(&self, id: Option<Value>, known: &HashMap<RoomId, RoomRev>, focus: Option<&RoomRef>) {
        let watch = self.link.watch();
        let rooms = match self.list_rooms().await {
            Ok(rooms) => rooms,
            Err(error) => {
                self.link.unbegin();
                return self.send_error(refusal(&self.actor, id, &error));
            }
        };
        let state = StateFrame {
            rooms: rooms.iter().map(RoomDto::from).collect(),
            users: vec![PublicUserDto::open(self.actor.user_id, &self.actor.username)],
        };
        self.send_ok(OkFrame { id, ..OkFrame::default() });
        self.link.outbox.reply(encode(&GatewayFrame::State(state)));
        let mut begun = Vec::with_capacity(rooms.len());
        for overview in &rooms {
            let room = &overview.access.room;
            let start = start(known.get(&room.id).copied(), overview.head.rev);
            let focused = match focus {
                Some(RoomRef::Id(id)) => *id == room.id,
                Some(RoomRef::Name(name)) => room.name.as_ref() == Some(name),
                None => false,
            };
            if self.enter(&watch, overview, start, focused) {
                begun.push(room.id);
            }
        }
        drop(watch);
        self.link.outbox.begin_sync(begun);
        // Rooms that the client knows and that aren't the user's any more.
        for room in known.keys().filter(|id| rooms.iter().all(|overview| overview.access.room.id != **id)) {
            self.send_removed(*room);
        }
    }

    /// Answers a further `sync`: the rooms it names.
    fn sync_named(&self, id: Option<Value>, known: &HashMap<RoomId, RoomRev>, focus: Option<&RoomRef>) {
        self.send_ok(OkFrame { id, ..OkFrame::default() });
        let mut begun = Vec::with_capacity(known.len());
        for (room_id, rev) in known {
            let Some(room) = self.link.room(*room_id) else {
                self.send_removed(*room_id);
                continue;
            };
            let start = room.head().map_or(Start::Behind(Missing::Changes(*rev)), |head| start(Some(*rev), head));
            let focused = matches!(focus, Some(RoomRef::Id(id)) if id == room_id);
            self.link.outbox.begin(*room_id, start, focused);
            begun.push(*room_id);
        }
        self.link.outbox.begin_sync(begun);
    }

    /// Subscribes to a room; answers whether the user hasn't left it meanwhile.
    pub(super) fn enter(&self, watch: &Watch<'_>, overview: &RoomOverview, start: Start, first: bool) -> bool {
        let room = &overview.access.room;
        self.link.outbox.begin(room.id, start, first);
        let (channel, _) = self.hub.subscribe(room, self.link.id, &self.link.outbox);
        if watch.join(&channel) {
            self.hub.presence.show_room(&channel, &self.link.outbox);
            return true;
        }
        channel.unsubscribe(self.link.id);
        self.link.outbox.end(room.id);
        false
    }

    /// Reads all rooms of the user.
    pub(super) async fn list_rooms(&self) -> Result<Vec<RoomOverview>, RepositoryError> {
        let size = PageSize::clamped(None, ROOMS, ROOMS);
        let mut all: Vec<RoomOverview> = Vec::new();
        loop {
            let after = all.last().map(|overview| overview.access.room.id);
            let page = self.hub.ports.rooms.list_of(self.actor.user_id, after, size).await?;
            let full = page.len() >= size.get();
            all.extend(page);
            if !full {
                return Ok(all);
            }
        }
    }

    fn send_removed(&self, room: RoomId) {
        let frame = RoomRemovedFrame { room_id: room.to_string() };
        self.link.outbox.reply(encode(&GatewayFrame::RoomRemoved(frame)));
    }

    /// Reads a room again for this user, and begins or ends what they get of it.
    pub(super) async fn refresh_room(&self, room_id: RoomId) -> Result<(), RepositoryError> {
        let watch = self.link.watch();
        let overview = self.hub.ports.rooms.overview(&RoomRef::Id(room_id), self.actor.user_id).await?;
        let Some(overview) = overview.filter(|overview| overview.access.membership.is_some()) else {
            self.link.leave(room_id);
            return Ok(());
        };
        let is_new = self.link.room(room_id).is_none();
        self.link.outbox.reply(encode(&GatewayFrame::Room(Box::new(RoomDto::from(&overview)))));
        if is_new && !self.enter(&watch, &overview, Start::Behind(Missing::Latest), false) {
            self.send_removed(room_id);
        }
        Ok(())
    }

    /// Checks session and rooms again, after events were lost.
    pub(super) async fn recheck(&self) -> Result<(), RepositoryError> {
        if self.hub.ports.sessions.find(self.actor.session_id).await?.is_none() {
            self.link.outbox.close(crate::CloseReason::SESSION_REVOKED);
            return Ok(());
        }
        let known = self.link.rooms();
        let rooms = self.list_rooms().await?;
        for room in &rooms {
            if !known.contains(&room.access.room.id) {
                self.link.outbox.refresh(room.access.room.id);
            }
        }
        for room in known {
            if rooms.iter().all(|overview| overview.access.room.id != room) {
                // It may have been joined since the list was read, so ask for that one alone.
                self.link.outbox.refresh(room);
            }
        }
        Ok(())
    }
}

/// Decides whether a client catches up from where it is or begins anew.
fn start(known: Option<RoomRev>, head: RoomRev) -> Start {
    match known {
        Some(rev) if rev <= head && head.get() - rev.get() <= MOST_CHANGES => Start::Behind(Missing::Changes(rev)),
        _ => Start::Behind(Missing::Latest),
    }
}
