//! Servers in this process, some of them on ports that can't be relied on.

use std::net::SocketAddr;
use std::sync::Arc;

use domain::port::{Broadcaster, MessageRepository};
use domain::{Ports, SessionPolicy};
use http_api::{App, HttpOptions, Limits, Readiness, serve};
use infra_auth::{
    Argon2Options, Argon2PasswordHasher, JwtAccessTokens, ObjectIdGenerator, OsSecretGenerator, SigningKey, SystemClock,
};
use infra_memory::{LocalBroadcaster, MemoryStore};
use realtime::{Hub, HubOptions};
use testkit::misbehaving::{BroadcasterFault, MessageFault, MisbehavingBroadcaster, MisbehavingMessages};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A running server without limits. It ends when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    _served: JoinSet<std::io::Result<()>>,
}

impl Server {
    /// Starts one that keeps its promises.
    pub(crate) async fn honest() -> Self {
        Self::start(|messages| messages, |broadcaster| broadcaster).await
    }

    /// Starts one whose timelines have that fault.
    pub(crate) async fn forgetful(fault: MessageFault) -> Self {
        Self::start(|messages| Arc::new(MisbehavingMessages::new(messages, fault)), |broadcaster| broadcaster).await
    }

    /// Starts one whose broadcaster has that fault.
    pub(crate) async fn with_lost_hints(fault: BroadcasterFault) -> Self {
        Self::start(|messages| messages, |inner| Arc::new(MisbehavingBroadcaster::new(inner, fault))).await
    }

    async fn start(
        messages: impl FnOnce(Arc<dyn MessageRepository>) -> Arc<dyn MessageRepository>,
        broadcaster: impl FnOnce(Arc<dyn Broadcaster>) -> Arc<dyn Broadcaster>,
    ) -> Self {
        let mut ports = honest_ports();
        ports.messages = messages(ports.messages);
        ports.broadcaster = broadcaster(ports.broadcaster);
        let hub = Hub::start(ports.clone(), HubOptions { connections_per_user: 0 }, TaskTracker::new());
        let options = HttpOptions { limits: Limits::OFF, ..HttpOptions::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (readiness, render_metrics) = (Readiness::new(), Arc::new(String::new));
        let app = App { ports, hub, options, readiness, render_metrics };
        let mut served = JoinSet::new();
        served.spawn(serve(listener, app, CancellationToken::new()));
        Self { address, _served: served }
    }
}

fn honest_ports() -> Ports {
    let store = MemoryStore::new();
    let clock = Arc::new(SystemClock);
    let cheap = Argon2Options { memory_kib: 8, passes: 1, lanes: 1, workers: 2, queue: 1000 };
    Ports {
        users: store.users(),
        sessions: store.sessions(),
        rooms: store.rooms(),
        memberships: store.memberships(),
        messages: store.messages(),
        read_states: store.read_states(),
        threads: store.threads(),
        presences: store.presences(),
        tickets: store.tickets(),
        dataset: store.dataset(),
        broadcaster: Arc::new(LocalBroadcaster::new()),
        passwords: Arc::new(Argon2PasswordHasher::start(cheap).unwrap()),
        access_tokens: Arc::new(JwtAccessTokens::new(&SigningKey::from_bytes([7; 32]))),
        secrets: Arc::new(OsSecretGenerator),
        ids: Arc::new(ObjectIdGenerator::new(clock.clone())),
        clock,
        session_policy: SessionPolicy::default(),
    }
}
