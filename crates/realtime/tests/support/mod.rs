//! A hub on a store in memory, with people who connect to one room.

#![allow(dead_code, reason = "each test program uses a part of it")]

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use domain::model::{Actor, Event, Room, RoomRef, SessionId, TokenDigest};
use domain::port::{Broadcaster, EventStream};
use domain::usecase::join_room;
use domain::{MockPorts, Ports};
use infra_memory::{LocalBroadcaster, MemoryStore};
use protocol::{GatewayRequest, LimitsDto};
use realtime::{Drained, GatewayConnection, Hub, HubOptions, SeedConnection};
use serde_json::{Value, json};
use testkit::{BASE_TIME, FixedClock, SequentialIds, a_room, a_session, a_user};
use tokio_util::task::TaskTracker;

/// A hub, its ports and the room `general`.
pub(crate) struct Scene {
    pub(crate) hub: Arc<Hub>,
    pub(crate) ports: Ports,
    pub(crate) room: Room,
}

impl Scene {
    /// Makes a hub whose broadcaster is reliable.
    pub(crate) async fn new() -> Self {
        Self::with_broadcaster(Arc::new(LocalBroadcaster::new())).await
    }

    /// Makes a hub with that broadcaster.
    pub(crate) async fn with_broadcaster(broadcaster: Arc<dyn Broadcaster>) -> Self {
        let ports = Self::ports(&MemoryStore::new(), broadcaster);
        let owner = a_user("owner");
        ports.users.insert(owner.clone()).await.unwrap();
        let new = a_room("general", owner.user.id);
        let room = new.room.clone();
        ports.rooms.insert(new).await.unwrap();
        let hub = Hub::start(ports.clone(), HubOptions::default(), TaskTracker::new());
        Self { hub, ports, room }
    }

    /// Gives the ports of a store, with a clock that stands still.
    pub(crate) fn ports(store: &MemoryStore, broadcaster: Arc<dyn Broadcaster>) -> Ports {
        let mut ports = MockPorts::default().into_ports();
        ports.users = store.users();
        ports.sessions = store.sessions();
        ports.rooms = store.rooms();
        ports.memberships = store.memberships();
        ports.messages = store.messages();
        ports.read_states = store.read_states();
        ports.threads = store.threads();
        ports.presences = store.presences();
        ports.tickets = store.tickets();
        ports.dataset = store.dataset();
        ports.broadcaster = broadcaster;
        ports.clock = Arc::new(FixedClock::at(BASE_TIME));
        ports.ids = Arc::new(SequentialIds::new());
        ports
    }

    /// Makes a user with a session.
    pub(crate) async fn person(&self, name: &str) -> Actor {
        let new = a_user(name);
        let user = new.user.clone();
        self.ports.users.insert(new).await.unwrap();
        self.session(Actor {
            user_id: user.id,
            username: user.username,
            is_admin: false,
            privacy: user.privacy,
            session_id: SessionId::new(self.ports.ids.generate()),
        })
        .await
    }

    async fn session(&self, mut actor: Actor) -> Actor {
        let mut digest = [0; 32];
        digest[..12].copy_from_slice(&actor.user_id.id().to_bytes());
        let new = a_session(actor.user_id, TokenDigest::from_bytes(digest));
        actor.session_id = new.session.id;
        self.ports.sessions.insert(new).await.unwrap();
        actor
    }

    /// Connects to `general`.
    pub(crate) async fn connect(&self, actor: &Actor) -> SeedConnection {
        self.hub.connect_seed(actor.clone(), &RoomRef::Id(self.room.id)).await.unwrap()
    }

    /// Connects to the gateway and reads `hello`.
    pub(crate) async fn gateway(&self, actor: &Actor) -> Client {
        let connection = self.hub.connect_gateway(actor.clone(), limits()).await.unwrap();
        let mut client = Client { connection, seen: VecDeque::new() };
        assert_eq!(client.next().await["type"], "hello");
        client
    }

    /// Makes the actor a member of `general` and connects to the gateway, live.
    pub(crate) async fn live(&self, actor: &Actor) -> Client {
        join_room(&self.ports, actor, &RoomRef::Id(self.room.id)).await.unwrap();
        let mut client = self.gateway(actor).await;
        client.send(json!({"op": "sync"})).await;
        client.next_of("synced").await;
        client
    }
}

/// A connection of the gateway with what a client keeps about it.
pub(crate) struct Client {
    pub(crate) connection: GatewayConnection,
    seen: VecDeque<Value>,
}

impl Client {
    /// Sends a command, and takes frames while the connection has no room for its reply.
    pub(crate) async fn send(&mut self, command: Value) {
        let carried_out = self.connection.carry_out(GatewayRequest::parse(&command.to_string()).unwrap());
        let mut carried_out = std::pin::pin!(carried_out);
        loop {
            let mut bytes: Vec<Bytes> = Vec::new();
            tokio::select! {
                biased;
                () = carried_out.as_mut() => return,
                drained = self.connection.drain(&mut bytes) => assert_eq!(drained, Drained::Frames),
            }
            self.seen.extend(bytes.iter().map(|frame| serde_json::from_slice::<Value>(frame).unwrap()));
        }
    }

    /// Gives the next frame; fails if the connection closes or nothing comes.
    pub(crate) async fn next(&mut self) -> Value {
        while self.seen.is_empty() {
            let mut bytes: Vec<Bytes> = Vec::new();
            let drained = tokio::time::timeout(PATIENCE, self.connection.drain(&mut bytes)).await;
            assert_eq!(drained.expect("frames in time"), Drained::Frames);
            self.seen.extend(bytes.iter().map(|frame| serde_json::from_slice::<Value>(frame).unwrap()));
        }
        self.seen.pop_front().unwrap()
    }

    /// Gives the next frame of that type, passing over others.
    pub(crate) async fn next_of(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.next().await;
            if frame["type"] == kind {
                return frame;
            }
        }
    }

    /// Passes frames over until one of that type has that text under the key.
    pub(crate) async fn next_with(&mut self, kind: &str, key: &str, text: &str) -> Value {
        loop {
            let frame = self.next_of(kind).await;
            if frame[key] == text {
                return frame;
            }
        }
    }

    /// Waits until the connection is closed; gives the code and what came before.
    pub(crate) async fn closed(mut self) -> (u16, Vec<Value>) {
        let mut before: Vec<Value> = self.seen.drain(..).collect();
        loop {
            let mut bytes: Vec<Bytes> = Vec::new();
            let drained = tokio::time::timeout(PATIENCE, self.connection.drain(&mut bytes)).await;
            before.extend(bytes.iter().map(|frame| serde_json::from_slice::<Value>(frame).unwrap()));
            if let Drained::Close(reason) = drained.expect("closed in time") {
                return (reason.code, before);
            }
        }
    }
}

/// Limits, on which nothing here depends.
pub(crate) fn limits() -> LimitsDto {
    serde_json::from_value(json!({
        "message_characters": 0, "message_bytes": 0, "frame_bytes": 0, "body_bytes": 0, "json_depth": 0,
        "username_min_characters": 0, "username_characters": 0, "password_min_bytes": 0, "password_bytes": 0,
        "room_name_characters": 0, "topic_characters": 0, "sends_per_second": 0, "sends_burst": 0,
        "commands_per_second": 0, "commands_burst": 0, "logins_per_account": 0, "logins_per_address": 0,
        "connections_per_user": 0,
    }))
    .unwrap()
}

/// How long to wait for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for the next frames; fails if the connection closes or nothing comes.
pub(crate) async fn frames(connection: &SeedConnection) -> Vec<Value> {
    let mut bytes: Vec<Bytes> = Vec::new();
    let drained = tokio::time::timeout(Duration::from_secs(10), connection.drain(&mut bytes)).await;
    assert_eq!(drained.expect("frames within ten seconds"), Drained::Frames);
    bytes.iter().map(|frame| serde_json::from_slice(frame).unwrap()).collect()
}

/// Waits until `count` frames of that type came, leaving others out.
pub(crate) async fn frames_of(connection: &SeedConnection, kind: &str, count: usize) -> Vec<Value> {
    let mut found = Vec::new();
    while found.len() < count {
        found.extend(frames(connection).await.into_iter().filter(|frame| frame["type"] == kind));
    }
    found
}

/// Carries nothing of what happens in timelines: every hint is lost.
pub(crate) struct LosesHints(pub(crate) LocalBroadcaster);

#[async_trait::async_trait]
impl Broadcaster for LosesHints {
    async fn publish(&self, event: Event) {
        if !matches!(event, Event::Timeline(_)) {
            self.0.publish(event).await;
        }
    }

    fn subscribe(&self) -> EventStream {
        self.0.subscribe()
    }
}
