//! Stores to measure: opened fresh, removed afterwards.

use std::sync::Arc;

use anyhow::{Result, bail};
use domain::port::Clock;
use domain::{Ports, SessionPolicy};
use infra_auth::{
    Argon2Options, Argon2PasswordHasher, JwtAccessTokens, ObjectIdGenerator, OsSecretGenerator, SigningKey, SystemClock,
};
use infra_memory::{LocalBroadcaster, MemoryStore};
use infra_mongo::{MongoOptions, MongoStore};
use infra_sqlite::{SqliteOptions, SqliteStore};
use tempfile::TempDir;

/// A fresh store behind the ports.
pub(crate) struct OpenStore {
    /// What it is, for people.
    pub(crate) name: &'static str,
    /// The ports on it; log-ins can't be measured with them, hashing is cheap on purpose.
    pub(crate) ports: Ports,
    sqlite: Option<(SqliteStore, TempDir)>,
    mongodb: Option<MongoStore>,
}

impl OpenStore {
    /// Closes the store and removes what was in it.
    pub(crate) async fn close(self) -> Result<()> {
        if let Some((store, _data)) = self.sqlite {
            store.close().await?;
        }
        if let Some(store) = self.mongodb {
            store.drop_database().await?;
        }
        Ok(())
    }
}

/// Opens a fresh `sqlite` or `memory` store, or a fresh database on a MongoDB address.
pub(crate) async fn open(store: &str) -> Result<OpenStore> {
    let mut ports = in_memory()?;
    match store {
        "memory" => Ok(OpenStore { name: "memory", ports, sqlite: None, mongodb: None }),
        "sqlite" => {
            let data = tempfile::tempdir()?;
            let store = SqliteStore::open(data.path(), &SqliteOptions::default())?;
            ports.users = store.users();
            ports.sessions = store.sessions();
            ports.rooms = store.rooms();
            ports.memberships = store.memberships();
            ports.messages = store.messages();
            ports.dataset = store.dataset();
            Ok(OpenStore { name: "sqlite", ports, sqlite: Some((store, data)), mongodb: None })
        }
        address if address.starts_with("mongodb://") => {
            let store = MongoStore::connect(&fresh_address(address), MongoOptions::default()).await?;
            store.migrate().await?;
            ports.users = store.users();
            ports.sessions = store.sessions();
            ports.rooms = store.rooms();
            ports.memberships = store.memberships();
            ports.messages = store.messages();
            ports.dataset = store.dataset();
            ports.broadcaster = Arc::new(store.broadcaster().await?);
            Ok(OpenStore { name: "mongodb", ports, sqlite: None, mongodb: Some(store) })
        }
        other => bail!("{other} is no store: say sqlite, memory or a mongodb:// address"),
    }
}

/// Names a database that nobody has used: the same for `sqlite`, another one on a MongoDB address.
pub(crate) fn fresh_address(store: &str) -> String {
    let Some(rest) = store.strip_prefix("mongodb://") else {
        return store.to_owned();
    };
    let (address, options) = rest.split_once('?').map_or((rest, ""), |(address, options)| (address, options));
    let hosts = address.split('/').next().unwrap_or_default();
    let database = format!("chinwag_bench_{}_{}", std::process::id(), SystemClock.now().as_millis());
    let question_mark = if options.is_empty() { "" } else { "?" };
    format!("mongodb://{hosts}/{database}{question_mark}{options}")
}

fn in_memory() -> Result<Ports> {
    let store = MemoryStore::new();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let cheap = Argon2Options { memory_kib: 64, passes: 1, ..Argon2Options::default() };
    Ok(Ports {
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
        passwords: Arc::new(Argon2PasswordHasher::start(cheap)?),
        access_tokens: Arc::new(JwtAccessTokens::new(&SigningKey::generate())),
        secrets: Arc::new(OsSecretGenerator),
        ids: Arc::new(ObjectIdGenerator::new(Arc::clone(&clock))),
        clock,
        session_policy: SessionPolicy::default(),
    })
}
