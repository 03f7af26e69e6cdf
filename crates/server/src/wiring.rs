//! Which adapter stands behind which port. With the files below it, the only place that names adapters.

mod mongodb;
mod sqlite;

use std::future::pending;
use std::sync::Arc;

use anyhow::Context;
use domain::model::Delivery;
use domain::port::{
    Broadcaster, Clock, DatasetRepository, EventStream, MembershipRepository, MessageRepository, PresenceRepository,
    ReadStateRepository, RoomRepository, SessionRepository, ThreadRepository, TicketRepository, UserRepository,
};
use domain::{Ports, SessionPolicy};
use futures_util::StreamExt;
use infra_auth::{
    Argon2Options, Argon2PasswordHasher, JwtAccessTokens, ObjectIdGenerator, OsSecretGenerator, SessionCache,
    SigningKey, SystemClock, WatchedUserRepository,
};
use infra_memory::{LocalBroadcaster, MemoryStore};
use infra_sqlite::{DataDirLock, SqliteStore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{Config, StoreConfig};
use crate::failure::Failure;
use crate::secrets::{KeyBytes, Secrets};

pub(crate) use sqlite::{backup, restore, verify};

/// The ports, and what has to be closed after everybody has stopped using them.
#[derive(Debug)]
pub(crate) struct Backend {
    /// The ports.
    pub(crate) ports: Ports,
    sqlite: Option<SqliteStore>,
    mongodb: Option<mongodb::Connected>,
    /// Held until the end.
    _lock: Option<DataDirLock>,
}

impl Backend {
    /// Waits until the store can't go on without a restart, which may be never, and says why.
    pub(crate) async fn failed(&self) -> &'static str {
        match &self.sqlite {
            Some(store) => store.failed().await,
            None => pending().await,
        }
    }

    /// Gives what brings the metrics of the store up to date, to be called before they are read.
    pub(crate) fn statistics(&self) -> impl Fn() + Send + Sync + 'static {
        let store = self.sqlite.clone();
        move || {
            if let Some(store) = &store {
                sqlite::record(store);
            }
        }
    }

    /// Finishes what is queued and closes the store.
    pub(crate) async fn close(self) {
        if let Some(store) = self.sqlite
            && let Err(error) = store.close().await
        {
            tracing::warn!(%error, "the store wasn't closed in order; the next start recovers it");
        }
        if let Some(connected) = self.mongodb {
            connected.close().await;
        }
    }
}

/// What a store brings along.
struct Repositories {
    users: Arc<dyn UserRepository>,
    sessions: Arc<dyn SessionRepository>,
    rooms: Arc<dyn RoomRepository>,
    memberships: Arc<dyn MembershipRepository>,
    messages: Arc<dyn MessageRepository>,
    read_states: Arc<dyn ReadStateRepository>,
    threads: Arc<dyn ThreadRepository>,
    presences: Arc<dyn PresenceRepository>,
    tickets: Arc<dyn TicketRepository>,
    dataset: Arc<dyn DatasetRepository>,
    broadcaster: Arc<dyn Broadcaster>,
}

/// Opens everything for a server: takes the data directory, makes or reads its secrets, opens the store.
/// Background work runs on `tasks` until `stop`.
///
/// # Errors
/// Exit code 1, with what to do.
pub(crate) async fn open(config: &Config, tasks: &TaskTracker, stop: &CancellationToken) -> Result<Backend, Failure> {
    let (lock, secrets) = match config.store {
        StoreConfig::Memory => (None, Secrets::generate()?),
        StoreConfig::Sqlite | StoreConfig::MongoDb(_) => {
            let lock = DataDirLock::acquire(&config.server.data_dir).map_err(sqlite::failure)?;
            let secrets = Secrets::load_or_create(lock.data_dir())?;
            (Some(lock), secrets)
        }
    };
    let signing_key = config.auth.signing_key.as_ref().unwrap_or(&secrets.signing_key);
    let mut opened = open_store(config, lock).await?;
    let sessions = Arc::new(SessionCache::new(opened.repositories.sessions));
    let events = opened.repositories.broadcaster.subscribe();
    tasks.spawn(stop.clone().run_until_cancelled_owned(forget_ended_sessions(Arc::clone(&sessions), events)));
    opened.repositories.users = Arc::new(WatchedUserRepository::new(opened.repositories.users, Arc::clone(&sessions)));
    opened.repositories.sessions = sessions;
    opened.into_backend(config, signing_key)
}

/// Opens the store for a command that manages accounts. On SQLite it takes the data directory; on MongoDB
/// servers may be running, and hear what changed.
///
/// # Errors
/// Exit code 1, with what to do.
pub(crate) async fn open_for_admin(config: &Config) -> Result<Backend, Failure> {
    let lock = match config.store {
        StoreConfig::Sqlite => Some(DataDirLock::acquire(&config.server.data_dir).map_err(sqlite::failure)?),
        StoreConfig::Memory | StoreConfig::MongoDb(_) => None,
    };
    // It signs nothing.
    open_store(config, lock).await?.into_backend(config, &KeyBytes::random()?)
}

/// Tells which migrations the store has and which are to come, without changing anything.
///
/// # Errors
/// Exit code 1 if the store can't be read, 2 if it has no migrations.
pub(crate) async fn migration_status(config: &Config) -> Result<String, Failure> {
    match &config.store {
        StoreConfig::Sqlite => sqlite::migration_status(&config.server.data_dir),
        StoreConfig::MongoDb(uri) => mongodb::migration_status(uri).await,
        StoreConfig::Memory => Err(Failure::usage("the memory store has nothing to migrate")),
    }
}

/// Takes the migrations that are to come, and tells which.
///
/// # Errors
/// As [`migration_status`].
pub(crate) async fn migrate(config: &Config) -> Result<String, Failure> {
    match &config.store {
        StoreConfig::Sqlite => sqlite::migrate(&config.server.data_dir),
        StoreConfig::MongoDb(uri) => mongodb::migrate(uri).await,
        StoreConfig::Memory => Err(Failure::usage("the memory store has nothing to migrate")),
    }
}

/// A store with what belongs to it.
struct Opened {
    repositories: Repositories,
    sqlite: Option<SqliteStore>,
    mongodb: Option<mongodb::Connected>,
    lock: Option<DataDirLock>,
}

impl Opened {
    fn into_backend(self, config: &Config, signing_key: &KeyBytes) -> Result<Backend, Failure> {
        let ports = ports(config, self.repositories, signing_key)?;
        Ok(Backend { ports, sqlite: self.sqlite, mongodb: self.mongodb, _lock: self.lock })
    }
}

async fn open_store(config: &Config, lock: Option<DataDirLock>) -> Result<Opened, Failure> {
    match (&config.store, lock) {
        (StoreConfig::MongoDb(uri), lock) => {
            let (connected, repositories) = mongodb::connect(uri, config.broker).await?;
            Ok(Opened { repositories, sqlite: None, mongodb: Some(connected), lock })
        }
        (StoreConfig::Sqlite, Some(lock)) => {
            let (store, repositories) = sqlite::open(lock.clone())?;
            Ok(Opened { repositories, sqlite: Some(store), mongodb: None, lock: Some(lock) })
        }
        (StoreConfig::Memory | StoreConfig::Sqlite, lock) => {
            Ok(Opened { repositories: in_memory(), sqlite: None, mongodb: None, lock })
        }
    }
}

fn in_memory() -> Repositories {
    let store = MemoryStore::new();
    Repositories {
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
        broadcaster: local_broadcaster(),
    }
}

/// Makes the broadcaster of a node that has nobody else to tell.
fn local_broadcaster() -> Arc<dyn Broadcaster> {
    Arc::new(LocalBroadcaster::new())
}

/// Puts the ports together.
fn ports(config: &Config, from: Repositories, signing_key: &KeyBytes) -> Result<Ports, Failure> {
    let auth = &config.auth;
    let options =
        Argon2Options { memory_kib: auth.argon2_memory_kib, passes: auth.argon2_passes, ..Argon2Options::default() };
    let passwords = Argon2PasswordHasher::start(options).context("password hashing")?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Ok(Ports {
        users: from.users,
        sessions: from.sessions,
        rooms: from.rooms,
        memberships: from.memberships,
        messages: from.messages,
        read_states: from.read_states,
        threads: from.threads,
        presences: from.presences,
        tickets: from.tickets,
        dataset: from.dataset,
        broadcaster: from.broadcaster,
        passwords: Arc::new(passwords),
        access_tokens: Arc::new(JwtAccessTokens::new(&SigningKey::from_bytes(*signing_key.reveal()))),
        secrets: Arc::new(OsSecretGenerator),
        ids: Arc::new(ObjectIdGenerator::new(Arc::clone(&clock))),
        clock,
        session_policy: SessionPolicy {
            access_lifetime: auth.access_lifetime,
            session_lifetime: auth.session_lifetime,
        },
    })
}

/// Takes sessions out of the cache that were ended, here or on another node.
async fn forget_ended_sessions(cache: Arc<SessionCache>, mut events: EventStream) {
    while let Some(delivery) = events.next().await {
        match delivery {
            Delivery::Event(event) => cache.invalidate(&event),
            Delivery::Lagged => cache.clear(),
        }
    }
}
