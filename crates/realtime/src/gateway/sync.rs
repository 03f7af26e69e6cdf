//! Begins delivery: subscribes before it reads, so that nothing falls between what was and what happens.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::model::{PageSize, RoomId, RoomOverview, RoomRef, RoomRev};
use domain::port::RepositoryError;
use protocol::{GatewayFrame, OkFrame, PublicUserDto, RoomDto, StateFrame, SyncCommand};
use serde_json::Value;

use super::connection::GatewayConnection;
use super::link::Watch;
use super::refusal::refusal;
use crate::frame::encode;
use crate::outbox::{Missing, Outbox, Start};

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
            self.link.outbox.hold_wishes(true);
            self.sync_all(id, &known, command.focus.as_ref()).await;
            self.link.outbox.hold_wishes(false);
        } else {
            self.sync_named(id, &known, command.focus.as_ref());
        }
    }

    /// Answers a first `sync`: every room of the user.
    async fn sync_all(&self, id: Option<Value>, known: &BTreeMap<RoomId, RoomRev>, focus: Option<&RoomRef>) {
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
        for overview in &rooms {
            let room = &overview.access.room;
            let start =
                known.get(&room.id).map_or(Start::Behind(Missing::Latest), |rev| start(*rev, overview.head.rev));
            let focused = match focus {
                Some(RoomRef::Id(id)) => *id == room.id,
                Some(RoomRef::Name(name)) => room.name.as_ref() == Some(name),
                None => false,
            };
            let entered = self.enter(&watch, overview, |outbox| outbox.begin_asked(room.id, start, focused));
            if !entered {
                self.link.deny(room.id);
            }
        }
        drop(watch);
        self.link.outbox.all_asked();
        // Rooms that the client knows and that aren't the user's any more.
        for room in known.keys().filter(|id| rooms.iter().all(|overview| overview.access.room.id != **id)) {
            self.link.deny(*room);
        }
    }

    /// Answers a further `sync`: the rooms it names.
    fn sync_named(&self, id: Option<Value>, known: &BTreeMap<RoomId, RoomRev>, focus: Option<&RoomRef>) {
        self.send_ok(OkFrame { id, ..OkFrame::default() });
        let outbox = &self.link.outbox;
        for (room_id, rev) in known {
            let focused = matches!(focus, Some(RoomRef::Id(id)) if id == room_id);
            // The store knows best how far the room has got.
            let start = Start::Behind(Missing::Changes(*rev));
            if !self.link.with(*room_id, |_| outbox.begin_asked(*room_id, start, focused)) {
                self.link.deny(*room_id);
            }
        }
        outbox.all_asked();
    }

    /// Subscribes to a room and begins its lane; answers whether the user hasn't left it meanwhile.
    fn enter(&self, watch: &Watch<'_>, overview: &RoomOverview, begin: impl FnOnce(&Outbox)) -> bool {
        let (room, outbox) = (&overview.access.room, &self.link.outbox);
        let mut shown = None;
        let joined = watch.join(room.id, || {
            // What comes before the lane has begun is read with it.
            let (channel, _) = self.hub.subscribe(room, self.link.id, outbox);
            begin(outbox);
            Arc::clone(shown.insert(channel))
        });
        if let Some(channel) = shown {
            self.hub.presence.show_room(&channel, outbox);
        }
        joined
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

    /// Reads a room again for this user, and begins or ends what they get of it.
    pub(super) async fn refresh_room(&self, room_id: RoomId) -> Result<(), RepositoryError> {
        if !self.link.has_begun() {
            return Ok(());
        }
        let watch = self.link.watch();
        let overview = self.hub.ports.rooms.overview(&RoomRef::Id(room_id), self.actor.user_id).await?;
        let Some(overview) = overview.filter(|overview| overview.access.membership.is_some()) else {
            self.link.leave(room_id);
            return Ok(());
        };
        let told = encode(&GatewayFrame::Room(Box::new(RoomDto::from(&overview))));
        if self.link.with(room_id, |_| self.link.outbox.reply(told.clone())) {
            return Ok(());
        }
        // Not before it is certain that the user hasn't left again.
        let begin = |outbox: &Outbox| {
            outbox.reply(told);
            outbox.begin(room_id, Start::Behind(Missing::Latest), false);
        };
        self.enter(&watch, &overview, begin);
        Ok(())
    }

    /// Checks session and rooms again, after events were lost.
    pub(super) async fn recheck(&self) -> Result<(), RepositoryError> {
        if self.hub.ports.sessions.find(self.actor.session_id).await?.is_none() {
            self.link.outbox.close(crate::CloseReason::SESSION_REVOKED);
            return Ok(());
        }
        if !self.link.has_begun() {
            // All rooms are read once the client asks for them.
            return Ok(());
        }
        let known = self.link.rooms();
        let rooms = self.list_rooms().await?;
        for room in &rooms {
            let id = room.access.room.id;
            // What was lost may have been about anything: tell the whole room.
            let told = encode(&GatewayFrame::Room(Box::new(RoomDto::from(room))));
            if !self.link.with(id, |_| self.link.outbox.reply(told)) {
                self.link.outbox.refresh(id);
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
fn start(known: RoomRev, head: RoomRev) -> Start {
    Start::Behind(if can_catch_up(known, head) { Missing::Changes(known) } else { Missing::Latest })
}

/// Tells whether a client that knows a room up to `known` is given the changes after it.
pub(super) fn can_catch_up(known: RoomRev, head: RoomRev) -> bool {
    known <= head && head.get() - known.get() <= MOST_CHANGES
}
