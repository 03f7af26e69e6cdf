//! What every endpoint shares.

use std::fmt;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::edge::AllowedOrigins;
use crate::gateway::Lobby;
use crate::rate_limit::Limiters;
use crate::router::Documents;
use crate::socket::SocketCounters;

/// What every endpoint shares.
pub(crate) struct Shared {
    pub(crate) app: App,
    pub(crate) origins: AllowedOrigins,
    pub(crate) limiters: Limiters,
    /// What describes the API.
    pub(crate) documents: Documents,
    pub(crate) counters: SocketCounters,
    /// Every upgraded socket.
    pub(crate) sockets: TaskTracker,
    /// Commands that sockets are carrying out.
    pub(crate) commands: TaskTracker,
    /// Connections to the gateway that haven't said whose they are.
    pub(crate) lobby: Arc<Lobby>,
    /// Cancelled when HTTP connections should end after the request under way.
    pub(crate) stopping: CancellationToken,
    /// Cancelled when whoever is still connected has to go at once.
    pub(crate) give_up: CancellationToken,
}

/// The state of the router. Cheap to clone.
pub(crate) type AppState = Arc<Shared>;

impl Shared {
    /// Prepares what endpoints share.
    pub(crate) fn new(app: App, documents: Documents) -> Self {
        Self {
            origins: AllowedOrigins::new(app.options.public_origin.as_deref(), &app.options.cors_origins),
            limiters: Limiters::new(&app.options.limits),
            documents,
            counters: SocketCounters::new(),
            sockets: TaskTracker::new(),
            commands: TaskTracker::new(),
            lobby: Arc::default(),
            stopping: CancellationToken::new(),
            give_up: CancellationToken::new(),
            app,
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("app", &self.app).finish_non_exhaustive()
    }
}
