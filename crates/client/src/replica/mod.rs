//! What the server has, as far as this client was told.

mod room;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use protocol::{
    GatewayFrame, HelloFrame, MarkerDto, MemberFrame, MessageDto, PingFrame, PresenceDto, PublicUserDto, RoomDto,
    StateFrame,
};

pub use room::{ReadPosition, RoomReplica};

use crate::event::GatewayEvent;

/// How many pings pass before a connection on which the rooms aren't listed is given up.
const PINGS_TO_WAIT_FOR_LIST: u8 = 1;

/// What follows from a frame, in this order.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Begin delivery: `sync` with [`Replica::positions`] and the epoch.
    SyncAll,
    /// Catch up with one room: `sync` with its [`Replica::position`].
    Sync(String),
    /// Answer a sign of life.
    Pong,
    /// Begin a new connection: something was lost on this one that can't be asked for.
    Reconnect,
    /// Tell whoever wants to know.
    Tell(GatewayEvent),
}

/// A copy of the user's rooms that frames keep up to date: a state machine without clock and connection. At any moment a
/// room's messages are exactly what they were at its [`RoomReplica::rev`]; frames that don't continue there are not
/// applied but make it ask for what is between.
#[derive(Debug, Clone, PartialEq)]
pub struct Replica {
    user_id: String,
    epoch: Option<String>,
    /// While the server owes the list of rooms on this connection: how many pings to wait for it.
    list_owed: Option<u8>,
    rooms: BTreeMap<String, RoomReplica>,
    users: BTreeMap<String, PublicUserDto>,
    presence: BTreeMap<String, PresenceDto>,
    messages_per_room: usize,
}

impl Replica {
    /// Knows nothing yet. Keeps the newest `messages_per_room` messages of each room, at least 1.
    pub fn new(messages_per_room: usize) -> Self {
        Self {
            user_id: String::new(),
            epoch: None,
            list_owed: None,
            rooms: BTreeMap::new(),
            users: BTreeMap::new(),
            presence: BTreeMap::new(),
            messages_per_room: messages_per_room.max(1),
        }
    }

    /// Gives the id of the user, empty before the first `hello`.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// Names the data set all numbers belong to; none before the first `hello`.
    pub fn epoch(&self) -> Option<&str> {
        self.epoch.as_deref()
    }

    /// Gives the user's rooms, by id.
    pub fn rooms(&self) -> impl Iterator<Item = &RoomReplica> {
        self.rooms.values()
    }

    /// Finds a room by id or name.
    pub fn room(&self, room: &str) -> Option<&RoomReplica> {
        self.rooms.get(room).or_else(|| self.rooms().find(|found| found.room().name.as_deref() == Some(room)))
    }

    /// Gives what is known of a user.
    pub fn user(&self, id: &str) -> Option<&PublicUserDto> {
        self.users.get(id)
    }

    /// Gives a user's presence, if it was told on this connection.
    pub fn presence(&self, user_id: &str) -> Option<&PresenceDto> {
        self.presence.get(user_id)
    }

    /// Gives, by room, up to which change it is known: what `sync` names.
    pub fn positions(&self) -> BTreeMap<String, u64> {
        self.rooms.iter().filter_map(|(id, room)| Some((id.clone(), room.rev()?))).collect()
    }

    /// Gives up to which change a room is known; 0 if nothing is.
    pub fn position(&self, room_id: &str) -> u64 {
        self.rooms.get(room_id).and_then(RoomReplica::rev).unwrap_or(0)
    }

    /// Lists the rooms of which something is missing, whether or not it was asked for.
    pub fn unfinished(&self) -> Vec<String> {
        self.rooms.iter().filter(|(_, room)| !room.is_whole()).map(|(id, _)| id.clone()).collect()
    }

    /// Forgets what is true only while connected.
    pub fn disconnected(&mut self) {
        self.list_owed = None;
        self.presence.clear();
        self.rooms.values_mut().for_each(RoomReplica::disconnected);
    }

    /// Takes a frame in.
    pub fn apply(&mut self, frame: GatewayFrame) -> Vec<Effect> {
        let mut effects = Vec::new();
        match frame {
            GatewayFrame::Hello(hello) => self.hello(hello, &mut effects),
            GatewayFrame::State(state) => self.state(state, &mut effects),
            GatewayFrame::Changes(changes) => {
                self.on(&changes.room_id.clone(), |room, me| room.changes(changes, me, &mut effects));
            }
            GatewayFrame::Reset(reset) => {
                self.on(&reset.room_id.clone(), |room, me| room.reset(reset, me, &mut effects));
            }
            GatewayFrame::Synced(synced) => {
                for (id, head) in &synced.heads {
                    self.on(id, |room, _| room.synced(*head, &mut effects));
                }
                effects.push(match self.list_owed {
                    None => Effect::Tell(GatewayEvent::Synced(synced.heads)),
                    Some(_) => Effect::Reconnect,
                });
            }
            GatewayFrame::Message(message) | GatewayFrame::MessageDeleted(message) => {
                self.live(*message, None, &mut effects);
            }
            GatewayFrame::MessageUpdated(frame) => self.live(frame.message, Some(frame.change), &mut effects),
            GatewayFrame::Ping(ping) => self.ping(&ping, &mut effects),
            GatewayFrame::Lagged(lagged) => {
                self.on(&lagged.room_id, |room, _| room.lagged(lagged.head_rev, &mut effects));
            }
            GatewayFrame::Room(room) => self.put_room(*room, &mut effects),
            GatewayFrame::RoomRemoved(removed) => self.remove_room(&removed.room_id, &mut effects),
            other => self.ephemeral(other, &mut effects),
        }
        self.trim();
        effects
    }

    /// Takes in what has no number: the last one wins.
    fn ephemeral(&mut self, frame: GatewayFrame, effects: &mut Vec<Effect>) {
        let event = match frame {
            GatewayFrame::Member(member) => return self.member(member, effects),
            GatewayFrame::Marker(marker) => return self.marker(marker, effects),
            GatewayFrame::Receipt(receipt) => {
                self.on(&receipt.room_id, |room, _| room.receipts(&receipt.set));
                GatewayEvent::Receipt(receipt)
            }
            GatewayFrame::User(user) => {
                self.users.insert(user.id.clone(), user.clone());
                GatewayEvent::User(user)
            }
            GatewayFrame::Typing(typing) => {
                self.on(&typing.room_id, |room, _| room.set_typing(typing.user_ids.clone()));
                GatewayEvent::Typing(typing)
            }
            GatewayFrame::Presence(presence) => {
                self.presence.extend(presence.set.clone());
                GatewayEvent::Presence(presence.set)
            }
            _ => return,
        };
        effects.push(Effect::Tell(event));
    }

    fn hello(&mut self, hello: Box<HelloFrame>, effects: &mut Vec<Effect>) {
        self.disconnected();
        if self.epoch.as_ref() != Some(&hello.epoch) {
            // Numbers of another data set mean nothing.
            for id in std::mem::take(&mut self.rooms).into_keys() {
                effects.push(Effect::Tell(GatewayEvent::RoomRemoved { room_id: id }));
            }
            self.epoch = Some(hello.epoch.clone());
        }
        self.list_owed = Some(PINGS_TO_WAIT_FOR_LIST);
        self.user_id.clone_from(&hello.user.id);
        self.rooms.values_mut().for_each(RoomReplica::asked_with_all);
        effects.extend([Effect::Tell(GatewayEvent::Connected(hello)), Effect::SyncAll]);
    }

    fn state(&mut self, state: StateFrame, effects: &mut Vec<Effect>) {
        self.list_owed = None;
        self.users.extend(state.users.into_iter().map(|user| (user.id.clone(), user)));
        let gone: Vec<String> =
            self.rooms.keys().filter(|id| state.rooms.iter().all(|room| room.id != **id)).cloned().collect();
        for id in gone {
            self.remove_room(&id, effects);
        }
        for room in state.rooms {
            if let Some(known) = self.rooms.get_mut(&room.id) {
                known.update(room, effects);
                continue;
            }
            effects.push(Effect::Tell(GatewayEvent::Room(Box::new(room.clone()))));
            // The server answers a room that `sync` didn't name without being asked again.
            self.rooms.entry(room.id.clone()).or_insert(RoomReplica::new(room)).asked_with_all();
        }
    }

    fn live(&mut self, message: MessageDto, change: Option<String>, effects: &mut Vec<Effect>) {
        self.on(&message.room_id.clone(), |room, me| room.live(message, change, me, effects));
    }

    fn ping(&mut self, ping: &PingFrame, effects: &mut Vec<Effect>) {
        effects.push(Effect::Pong);
        let unknown = || ping.heads.keys().any(|id| !self.rooms.contains_key(id));
        match &mut self.list_owed {
            None if unknown() => effects.push(Effect::Reconnect),
            None => {}
            Some(0) => effects.push(Effect::Reconnect),
            Some(pings) => *pings -= 1,
        }
        for room in self.rooms.values_mut() {
            room.ping(ping.heads.get(&room.room().id).copied(), effects);
        }
    }

    fn put_room(&mut self, room: RoomDto, effects: &mut Vec<Effect>) {
        if let Some(known) = self.rooms.get_mut(&room.id) {
            return known.update(room, effects);
        }
        let id = room.id.clone();
        effects.push(Effect::Tell(GatewayEvent::Room(Box::new(room.clone()))));
        let new = self.rooms.entry(id).or_insert(RoomReplica::new(room));
        new.ask(effects);
    }

    fn remove_room(&mut self, id: &str, effects: &mut Vec<Effect>) {
        if self.rooms.remove(id).is_some() {
            effects.push(Effect::Tell(GatewayEvent::RoomRemoved { room_id: id.to_owned() }));
        }
    }

    fn member(&mut self, member: MemberFrame, effects: &mut Vec<Effect>) {
        let own = member.user_id == self.user_id;
        self.on(&member.room_id, |room, _| {
            if own {
                room.set_role(member.role.clone());
            } else if member.role.is_none() {
                room.forget(&member.user_id);
            }
        });
        effects.push(Effect::Tell(GatewayEvent::Member(member)));
    }

    fn marker(&mut self, marker: MarkerDto, effects: &mut Vec<Effect>) {
        self.on(&marker.room_id, |room, _| room.mark(&marker));
        effects.push(Effect::Tell(GatewayEvent::Marker(marker)));
    }

    /// Does something with a room that is known; what is told of others means nothing here.
    fn on(&mut self, room_id: &str, act: impl FnOnce(&mut RoomReplica, &str)) {
        if let Some(room) = self.rooms.get_mut(room_id) {
            act(room, &self.user_id);
        }
    }

    fn trim(&mut self) {
        for room in self.rooms.values_mut() {
            room.trim(self.messages_per_room);
        }
    }
}
