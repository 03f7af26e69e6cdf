//! The store as a whole: the connection and what is built on it.

use std::sync::Arc;
use std::time::Duration;

use bson::doc;
use domain::port::{
    DatasetRepository, MembershipRepository, MessageRepository, PresenceRepository, ReadStateRepository,
    RoomRepository, SessionRepository, ThreadRepository, TicketRepository, UserRepository,
};
use mongodb::Client;
use mongodb::options::{Acknowledgment, ClientOptions, ReadConcern, ReadPreference, SelectionCriteria, WriteConcern};
use thiserror::Error;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use crate::access_loader::AccessLoader;
use crate::batcher::Batcher;
use crate::broadcaster::MongoBroadcaster;
use crate::collections::Collections;
use crate::dataset_repository::MongoDatasetRepository;
use crate::membership_repository::MongoMembershipRepository;
use crate::message_repository::MongoMessageRepository;
use crate::migration::{self, MigrationError, MigrationStatus};
use crate::presence_repository::MongoPresenceRepository;
use crate::read_state_repository::MongoReadStateRepository;
use crate::room_repository::MongoRoomRepository;
use crate::session_repository::MongoSessionRepository;
use crate::thread_repository::MongoThreadRepository;
use crate::ticket_repository::MongoTicketRepository;
use crate::user_repository::MongoUserRepository;

/// The database if the address names none.
const DEFAULT_DATABASE: &str = "chinwag";

/// How many connections a node keeps at most, unless the address says otherwise.
const CONNECTIONS: u32 = 64;

/// What can be set about a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MongoOptions {
    /// How long to look for a server that can take an operation before it fails.
    pub server_selection: Duration,
    /// How long one call may take altogether; after that a write's outcome is unknown.
    pub operation: Duration,
}

impl Default for MongoOptions {
    /// Four seconds to find a server, five for a call.
    fn default() -> Self {
        Self { server_selection: Duration::from_secs(4), operation: Duration::from_secs(5) }
    }
}

/// Why there is no connection.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The address can't be used.
    #[error("the MongoDB address can't be used: {0}")]
    Address(#[source] mongodb::error::Error),
    /// No server answers, or it doesn't let us in.
    #[error("MongoDB at {hosts} can't be {}", advice(.source))]
    Unreachable {
        /// The hosts of the address, without credentials.
        hosts: String,
        /// What the driver says.
        #[source]
        source: mongodb::error::Error,
    },
}

/// A MongoDB database behind the ports. Cheap to clone; clones share the connection.
#[derive(Debug, Clone)]
pub struct MongoStore {
    collections: Collections,
    batcher: Batcher,
    access: AccessLoader,
    tasks: TaskTracker,
    replica_set: bool,
}

impl MongoStore {
    /// Connects to `mongodb://…/DATABASE`. Every write waits for a majority and its journal, every read sees what a
    /// majority has. Nothing is changed in the database; see [`Self::migrate`].
    ///
    /// # Errors
    /// [`ConnectError`] if no server answers in time.
    pub async fn connect(uri: &str, options: MongoOptions) -> Result<Self, ConnectError> {
        let mut parsed = ClientOptions::parse(uri).await.map_err(ConnectError::Address)?;
        configure(&mut parsed, options);
        let hosts = parsed.hosts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let name = parsed.default_database.clone().unwrap_or_else(|| DEFAULT_DATABASE.to_owned());
        let mut client = Client::with_options(parsed.clone()).map_err(ConnectError::Address)?;
        let hello = async { client.database(&name).run_command(doc! { "hello": 1 }).await };
        let too_late = |_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into());
        let hello = timeout(options.operation, hello).await.unwrap_or_else(too_late);
        let hello = hello.map_err(|source| ConnectError::Unreachable { hosts, source })?;
        let replica_set = hello.contains_key("setName") || hello.get_str("msg").is_ok_and(|word| word == "isdbgrid");
        if !replica_set {
            // A standalone server has no operation log to recognise a repeated write by.
            parsed.retry_writes = Some(false);
            client = Client::with_options(parsed).map_err(ConnectError::Address)?;
        }
        let collections = Collections::new(client.database(&name), options.operation);
        let tasks = TaskTracker::new();
        let access = AccessLoader::start(collections.clone(), &tasks);
        let batcher = Batcher::new(collections.clone(), access.clone(), tasks.clone());
        Ok(Self { collections, batcher, access, tasks, replica_set })
    }

    /// Tells whether the server has change streams, that is, whether several nodes can share it.
    pub fn is_replica_set(&self) -> bool {
        self.replica_set
    }

    /// Lists the steps of the schema and which this database has.
    ///
    /// # Errors
    /// [`MigrationError`], `Newer` if a newer version was here.
    pub async fn migration_status(&self) -> Result<Vec<MigrationStatus>, MigrationError> {
        migration::status(&self.collections).await
    }

    /// Applies the steps that are missing; answers how many. Several nodes may call it at once.
    ///
    /// # Errors
    /// [`MigrationError`].
    pub async fn migrate(&self) -> Result<usize, MigrationError> {
        migration::migrate(&self.collections).await
    }

    /// Starts following the change stream, so that events reach and come from other nodes.
    ///
    /// # Errors
    /// The driver's, if the stream can't be opened.
    pub async fn broadcaster(&self) -> Result<MongoBroadcaster, mongodb::error::Error> {
        MongoBroadcaster::start(self.collections.clone(), &self.tasks).await
    }

    /// Gives the accounts.
    pub fn users(&self) -> Arc<dyn UserRepository> {
        Arc::new(MongoUserRepository::new(self.collections.clone()))
    }

    /// Gives the log-ins.
    pub fn sessions(&self) -> Arc<dyn SessionRepository> {
        Arc::new(MongoSessionRepository::new(self.collections.clone()))
    }

    /// Gives the rooms.
    pub fn rooms(&self) -> Arc<dyn RoomRepository> {
        Arc::new(MongoRoomRepository::new(self.collections.clone(), self.access.clone()))
    }

    /// Gives the memberships.
    pub fn memberships(&self) -> Arc<dyn MembershipRepository> {
        Arc::new(MongoMembershipRepository::new(self.collections.clone(), self.batcher.clone()))
    }

    /// Gives the timelines.
    pub fn messages(&self) -> Arc<dyn MessageRepository> {
        Arc::new(MongoMessageRepository::new(self.collections.clone(), self.batcher.clone()))
    }

    /// Gives the read positions.
    pub fn read_states(&self) -> Arc<dyn ReadStateRepository> {
        Arc::new(MongoReadStateRepository::new(self.collections.clone()))
    }

    /// Gives the threads.
    pub fn threads(&self) -> Arc<dyn ThreadRepository> {
        Arc::new(MongoThreadRepository::new(self.collections.clone()))
    }

    /// Gives what is kept about presence.
    pub fn presences(&self) -> Arc<dyn PresenceRepository> {
        Arc::new(MongoPresenceRepository::new(self.collections.clone()))
    }

    /// Gives the tickets.
    pub fn tickets(&self) -> Arc<dyn TicketRepository> {
        Arc::new(MongoTicketRepository::new(self.collections.clone()))
    }

    /// Gives the facts about the data set.
    pub fn dataset(&self) -> Arc<dyn DatasetRepository> {
        Arc::new(MongoDatasetRepository::new(self.collections.clone()))
    }

    /// Removes the whole database, for tests and measurements.
    ///
    /// # Errors
    /// The driver's.
    pub async fn drop_database(&self) -> Result<(), mongodb::error::Error> {
        self.collections.database.drop().await
    }
}

/// Sets what correctness depends on, whatever the address says.
fn configure(parsed: &mut ClientOptions, options: MongoOptions) {
    parsed.app_name = Some("chinwag".to_owned());
    parsed.server_selection_timeout = Some(options.server_selection);
    parsed.connect_timeout = Some(options.server_selection);
    parsed.max_pool_size = parsed.max_pool_size.or(Some(CONNECTIONS));
    parsed.retry_writes = Some(true);
    parsed.retry_reads = Some(true);
    let durable = WriteConcern::builder().w(Acknowledgment::Majority).journal(true).w_timeout(options.operation);
    parsed.write_concern = Some(durable.build());
    parsed.read_concern = Some(ReadConcern::majority());
    parsed.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
}

/// Says what to look at when there is no connection.
fn advice(error: &mongodb::error::Error) -> &'static str {
    match error.kind.as_ref() {
        mongodb::error::ErrorKind::Authentication { .. } => "used: it doesn't accept the user name and password",
        mongodb::error::ErrorKind::Command(_) => "used: it refused the first question",
        _ => "reached: is it running, and may this machine connect to it?",
    }
}
