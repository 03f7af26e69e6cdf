//! A real MongoDB for tests: the one that `CHINWAG_TEST_MONGODB_URI` names, or else a container.

use std::env;
use std::time::{Duration, Instant};

use mongodb::Client;
use mongodb::bson::{Document, doc};
use testcontainers::core::IntoContainerPort;
use testcontainers::runners::AsyncRunner;
use testcontainers::{ContainerAsync, GenericImage, ImageExt};
use tokio::time::sleep;

/// A database that nobody else uses.
#[derive(Debug)]
pub(crate) struct Database {
    /// Where it is: a URI with its name in the path.
    pub(crate) uri: String,
    container: Option<ContainerAsync<GenericImage>>,
}

impl Database {
    /// Makes an empty one.
    ///
    /// # Panics
    /// If there is neither a MongoDB nor a container engine: what to do is in the message.
    pub(crate) async fn new() -> Self {
        let name = format!("chinwag_test_{}_{}", std::process::id(), unique());
        if let Ok(uri) = env::var("CHINWAG_TEST_MONGODB_URI") {
            return Self { uri: with_database(&uri, &name), container: None };
        }
        let (container, uri) = start_container().await;
        Self { uri: with_database(&uri, &name), container: Some(container) }
    }

    /// Removes it, and its server if that was started for it.
    pub(crate) async fn remove(self) {
        if let Some(container) = self.container {
            container.rm().await.expect("the container can be removed");
            return;
        }
        let client = Client::with_uri_str(&self.uri).await.expect("the MongoDB of the tests");
        let database = client.default_database().expect("a database in the URI");
        database.drop().await.expect("the database can be dropped");
    }
}

fn unique() -> u128 {
    std::time::UNIX_EPOCH.elapsed().expect("a time after 1970").as_nanos()
}

/// Puts a database's name into a URI: between the hosts and the options.
fn with_database(uri: &str, name: &str) -> String {
    let (start, options) = uri.split_once('?').map_or((uri, ""), |(start, options)| (start, options));
    let hosts = match start.strip_prefix("mongodb://").and_then(|rest| rest.split_once('/')) {
        Some((hosts, _)) => format!("mongodb://{hosts}"),
        None => start.to_owned(),
    };
    format!("{hosts}/{name}{}{options}", if options.is_empty() { "" } else { "?" })
}

/// Starts a replica set of one node. Image and tag come from `CHINWAG_TEST_MONGO_IMAGE` and
/// `CHINWAG_TEST_MONGO_TAG`, so that a local image can stand in where none can be pulled.
async fn start_container() -> (ContainerAsync<GenericImage>, String) {
    let image = env::var("CHINWAG_TEST_MONGO_IMAGE").unwrap_or_else(|_| "mongo".to_owned());
    let tag = env::var("CHINWAG_TEST_MONGO_TAG").unwrap_or_else(|_| "8.0".to_owned());
    let started = GenericImage::new(image, tag)
        .with_exposed_port(27017.tcp())
        .with_cmd(["--replSet", "rs0", "--bind_ip_all"])
        .start()
        .await;
    let container = started.unwrap_or_else(|error| {
        panic!(
            "these tests need a MongoDB: run scripts/test, or start Docker, or set CHINWAG_TEST_MONGODB_URI to a \
             replica set (eval \"$(scripts/setup-mongodb)\"). The container engine says: {error}"
        )
    });
    let port = container.get_host_port_ipv4(27017).await.expect("a port");
    let uri = format!("mongodb://127.0.0.1:{port}/?directConnection=true");
    initiate(&uri).await;
    (container, uri)
}

/// Makes the one node a replica set and waits until it takes writes.
async fn initiate(uri: &str) {
    let client = Client::with_uri_str(uri).await.expect("a URI");
    let admin = client.database("admin");
    let set = doc! { "_id": "rs0", "members": [{ "_id": 0, "host": "127.0.0.1:27017" }] };
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut initiated = false;
    loop {
        if !initiated {
            initiated = admin.run_command(doc! { "replSetInitiate": set.clone() }).await.is_ok();
        }
        let hello: Result<Document, _> = admin.run_command(doc! { "hello": 1 }).await;
        if hello.is_ok_and(|hello| hello.get_bool("isWritablePrimary").unwrap_or(false)) {
            return;
        }
        assert!(Instant::now() < deadline, "the MongoDB in the container isn't ready after a minute");
        sleep(Duration::from_millis(100)).await;
    }
}
