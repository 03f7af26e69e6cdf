//! The store on MongoDB, and how nodes hear of each other there.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use domain::port::Broadcaster;
use infra_mongo::{ConnectError, MigrationError, MongoBroadcaster, MongoOptions, MongoStore};
use tokio::time::timeout;

use super::{Repositories, local_broadcaster};
use crate::config::{BrokerConfig, MongoUri};
use crate::failure::Failure;

/// How long the last news for other nodes may take when this one stops.
const LAST_NEWS: Duration = Duration::from_secs(1);

/// A connection, with what has to be finished before it ends.
#[derive(Debug)]
pub(crate) struct Connected {
    broadcaster: Option<Arc<MongoBroadcaster>>,
}

impl Connected {
    /// Leaves the last news for other nodes.
    pub(super) async fn close(self) {
        if let Some(broadcaster) = self.broadcaster
            && timeout(LAST_NEWS, broadcaster.flush()).await.is_err()
        {
            tracing::warn!("MongoDB didn't take the last news for other nodes in time");
        }
    }
}

/// Connects, brings the database to the shape this version knows, and follows what other nodes do.
pub(super) async fn connect(uri: &MongoUri, broker: BrokerConfig) -> Result<(Connected, Repositories), Failure> {
    let store = reach(uri).await?;
    store.migrate().await.map_err(|error| unmigrated(uri, &error))?;
    let shared = match broker {
        BrokerConfig::Local => None,
        BrokerConfig::MongoDb if store.is_replica_set() => {
            let opened = store.broadcaster().await;
            let opened = opened.map_err(|error| Failure::runtime(format!("the change stream of {uri}: {error}")))?;
            Some(Arc::new(opened))
        }
        BrokerConfig::MongoDb => {
            tracing::warn!(
                "this MongoDB is a standalone server without change streams, so only one node can use it; make it a \
                 replica set for several, or set the broker to local"
            );
            None
        }
    };
    let broadcaster: Arc<dyn Broadcaster> = match &shared {
        Some(shared) => Arc::clone(shared) as Arc<dyn Broadcaster>,
        None => local_broadcaster(),
    };
    let repositories = Repositories {
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
        broadcaster,
    };
    Ok((Connected { broadcaster: shared }, repositories))
}

/// Tells which migrations the database has and which are to come.
pub(super) async fn migration_status(uri: &MongoUri) -> Result<String, Failure> {
    let steps = reach(uri).await?.migration_status().await.map_err(|error| unmigrated(uri, &error))?;
    Ok(steps.iter().fold(String::new(), |mut text, step| {
        let state = if step.applied { "done" } else { "to be done" };
        _ = writeln!(text, "{} {}: {state}", step.number, step.title);
        text
    }))
}

/// Takes the migrations that are to come.
pub(super) async fn migrate(uri: &MongoUri) -> Result<String, Failure> {
    let taken = reach(uri).await?.migrate().await.map_err(|error| unmigrated(uri, &error))?;
    Ok(match taken {
        0 => "Nothing was to be done.".to_owned(),
        1 => "1 step was taken.".to_owned(),
        taken => format!("{taken} steps were taken."),
    })
}

async fn reach(uri: &MongoUri) -> Result<MongoStore, Failure> {
    MongoStore::connect(uri.reveal(), MongoOptions::default()).await.map_err(|error| match error {
        // What the driver says of an address may repeat it, password and all.
        ConnectError::Address(_) => Failure::usage(format!(
            "store: {uri} is not an address that MongoDB's driver understands; characters such as @ : / in a password \
             have to be percent-encoded, and the name of a mongodb+srv address has to be known to DNS"
        )),
        ConnectError::Unreachable { .. } => Failure::from(anyhow::Error::new(error)),
    })
}

fn unmigrated(uri: &MongoUri, error: &MigrationError) -> Failure {
    Failure::runtime(format!("the database at {uri} can't be used: {error}"))
}
