//! A hub on a store in memory, with people who connect to one room.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use domain::model::{Actor, Event, Room, RoomRef, SessionId, TokenDigest};
use domain::port::{Broadcaster, EventStream};
use domain::{MockPorts, Ports};
use infra_memory::{LocalBroadcaster, MemoryStore};
use realtime::{Drained, Hub, HubOptions, SeedConnection};
use serde_json::Value;
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
        let store = MemoryStore::new();
        let mut ports = MockPorts::default().into_ports();
        ports.users = store.users();
        ports.sessions = store.sessions();
        ports.rooms = store.rooms();
        ports.memberships = store.memberships();
        ports.messages = store.messages();
        ports.dataset = store.dataset();
        ports.broadcaster = broadcaster;
        ports.clock = Arc::new(FixedClock::at(BASE_TIME));
        ports.ids = Arc::new(SequentialIds::new());
        let owner = a_user("owner");
        ports.users.insert(owner.clone()).await.unwrap();
        let new = a_room("general", owner.user.id);
        let room = new.room.clone();
        ports.rooms.insert(new).await.unwrap();
        let hub = Hub::start(ports.clone(), HubOptions::default(), TaskTracker::new());
        Self { hub, ports, room }
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
}

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
