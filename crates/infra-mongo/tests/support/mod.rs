//! A real MongoDB for each test program, and a database of its own for each test.

mod container;
mod proxy;

use std::time::Duration;

use infra_mongo::{MongoOptions, MongoStore};
use mongodb::{Client, Database};
use testkit::Stores;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use container::Container;
pub(crate) use proxy::Proxy;

/// A database that nobody else uses, removed at the end.
pub(crate) struct FreshDatabase {
    pub(crate) store: MongoStore,
    /// The address with this database, for a second node.
    pub(crate) uri: String,
    _container: Option<Container>,
}

impl FreshDatabase {
    /// Makes a migrated database on the server of `CHINWAG_TEST_MONGODB_URI`, or else in a container.
    pub(crate) async fn new() -> Self {
        let database = Self::unmigrated().await;
        database.store.migrate().await.unwrap();
        database
    }

    /// Makes an empty database.
    pub(crate) async fn unmigrated() -> Self {
        let named = std::env::var("CHINWAG_TEST_MONGODB_URI").ok();
        let container = if named.is_none() { Some(block_in_place(Container::shared)) } else { None };
        let server = named.or_else(|| container.as_ref().map(|container| container.uri().to_owned())).unwrap();
        let name = format!("chinwag_test_{}", bson::oid::ObjectId::new());
        let uri = with_database(&server, &name);
        let store = MongoStore::connect(&uri, MongoOptions::default()).await.expect(UNREACHABLE);
        Self { store, uri, _container: container }
    }

    /// Connects once more, as another node does.
    pub(crate) async fn another_node(&self) -> MongoStore {
        MongoStore::connect(&self.uri, MongoOptions::default()).await.unwrap()
    }

    /// Connects without the store, to see or change what lies beneath it.
    pub(crate) async fn raw(&self) -> Database {
        Client::with_uri_str(&self.uri).await.unwrap().default_database().unwrap()
    }

    /// Gives the repositories, which keep the database alive.
    pub(crate) fn into_stores(self) -> Stores {
        let store = self.store.clone();
        Stores {
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
            guard: Box::new(self),
        }
    }
}

impl Drop for FreshDatabase {
    fn drop(&mut self) {
        // A failure leaves a database behind, and the test has its result already.
        let _ = block_in_place(|| Handle::current().block_on(self.store.drop_database()));
    }
}

const UNREACHABLE: &str = "the MongoDB of CHINWAG_TEST_MONGODB_URI answers; scripts/setup-mongodb starts one";

/// Less patience than nodes have, for tests that wait until it is over.
pub(crate) fn options() -> MongoOptions {
    MongoOptions { server_selection: Duration::from_millis(1500), operation: Duration::from_secs(2) }
}

/// Puts a database into an address in the place of the one it names, if any.
fn with_database(uri: &str, database: &str) -> String {
    let (scheme, rest) = uri.split_once("://").expect("an address like mongodb://host:port/?options");
    let (address, options) = rest.split_once('?').unwrap_or((rest, ""));
    let hosts = address.split('/').next().unwrap_or_default();
    format!("{scheme}://{hosts}/{database}?{options}")
}
