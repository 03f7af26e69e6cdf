//! The store as a whole: opening, closing, and the repositories it gives out.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use domain::model::Epoch;
use domain::port::{
    DatasetRepository, MembershipRepository, MessageRepository, PresenceRepository, ReadStateRepository,
    RepositoryError, RoomRepository, SessionRepository, ThreadRepository, TicketRepository, UserRepository,
};
use rusqlite::Connection;

use crate::accesses::Accesses;
use crate::checksum::DATASET;
use crate::connection::{database_path, open_for_reading, open_for_writing, tune};
use crate::data_dir_lock::{DataDirLock, sync_directory};
use crate::error::{Failure, corrupt};
use crate::health::{Health, Statistics};
use crate::readers::Readers;
use crate::ticket_repository::Tickets;
use crate::writer::Writer;
use crate::{
    OpenError, SqliteDatasetRepository, SqliteMembershipRepository, SqliteMessageRepository, SqliteOptions,
    SqlitePresenceRepository, SqliteReadStateRepository, SqliteRoomRepository, SqliteSessionRepository,
    SqliteThreadRepository, SqliteTicketRepository, SqliteUserRepository, migration,
};

/// A store in one SQLite file, `DATA_DIR/chinwag.db`. Clones share it; it needs a Tokio runtime only to be awaited,
/// not to work.
///
/// Everything written is durable (synced to the disk) before the call that wrote it returns, and visible to nobody
/// before that. Dropping the last clone finishes what is queued, which can take as long as a commit; it blocks.
#[derive(Clone)]
pub struct SqliteStore {
    shared: Arc<Shared>,
}

/// Dropped in this order: readers, writer, lock.
pub(crate) struct Shared {
    pub(crate) readers: Readers,
    pub(crate) writer: Writer,
    pub(crate) accesses: Arc<Accesses>,
    pub(crate) health: Arc<Health>,
    pub(crate) tickets: Tickets,
    pub(crate) epoch: Epoch,
    lock: DataDirLock,
}

impl SqliteStore {
    /// Takes the data directory (made if there is none), and opens the store in it, brought to the newest schema.
    /// Blocks for as long as that takes.
    ///
    /// # Errors
    /// [`OpenError::InUse`] if another process has the directory, [`OpenError::NewerSchema`] if a newer Chinwag
    /// wrote the database, [`OpenError::NotOurs`] for another program's file, else `Io` or `Database`.
    pub fn open(data_dir: &Path, options: &SqliteOptions) -> Result<Self, OpenError> {
        Self::open_locked(DataDirLock::acquire(data_dir)?, options)
    }

    /// Opens the store in a directory that was taken before. The store keeps a share in the lock.
    ///
    /// # Errors
    /// As [`Self::open`], but for `InUse`.
    pub fn open_locked(lock: DataDirLock, options: &SqliteOptions) -> Result<Self, OpenError> {
        let path = database_path(lock.data_dir());
        let mut connection = open_for_writing(&path)?;
        migration::apply(&mut connection, &path, migration::newest())?;
        let failed = OpenError::database(&path);
        tune(&connection, options.writer_cache_kib, options).map_err(&failed)?;
        let epoch = begin_dataset(&mut connection)
            .map_err(|error| OpenError::Database { path: path.clone(), source: domain::port::Cause::new(error.0) })?;
        let mut readers = Vec::new();
        for _ in 0..options.readers.max(1) {
            let reader = open_for_reading(&path)?;
            tune(&reader, options.reader_cache_kib, options).map_err(&failed)?;
            readers.push(reader);
        }
        // The names of the database and its log, too, must outlive a power cut.
        sync_directory(lock.data_dir())?;
        let (accesses, health) = (Arc::new(Accesses::default()), Arc::new(Health::new()));
        let writer = Writer::start(connection, options, Arc::clone(&accesses), Arc::clone(&health));
        let writer = writer.map_err(OpenError::io(&path))?;
        let readers = Readers::start(readers).map_err(OpenError::io(&path))?;
        let tickets = Tickets::default();
        Ok(Self { shared: Arc::new(Shared { readers, writer, accesses, health, tickets, epoch, lock }) })
    }

    /// Gives the accounts.
    pub fn users(&self) -> Arc<dyn UserRepository> {
        Arc::new(SqliteUserRepository::new(self.clone()))
    }

    /// Gives the log-ins.
    pub fn sessions(&self) -> Arc<dyn SessionRepository> {
        Arc::new(SqliteSessionRepository::new(self.clone()))
    }

    /// Gives the rooms.
    pub fn rooms(&self) -> Arc<dyn RoomRepository> {
        Arc::new(SqliteRoomRepository::new(self.clone()))
    }

    /// Gives the memberships.
    pub fn memberships(&self) -> Arc<dyn MembershipRepository> {
        Arc::new(SqliteMembershipRepository::new(self.clone()))
    }

    /// Gives the timelines.
    pub fn messages(&self) -> Arc<dyn MessageRepository> {
        Arc::new(SqliteMessageRepository::new(self.clone()))
    }

    /// Gives the read positions.
    pub fn read_states(&self) -> Arc<dyn ReadStateRepository> {
        Arc::new(SqliteReadStateRepository::new(self.clone()))
    }

    /// Gives the threads.
    pub fn threads(&self) -> Arc<dyn ThreadRepository> {
        Arc::new(SqliteThreadRepository::new(self.clone()))
    }

    /// Gives what is kept about presence.
    pub fn presences(&self) -> Arc<dyn PresenceRepository> {
        Arc::new(SqlitePresenceRepository::new(self.clone()))
    }

    /// Gives the tickets to the gateway, which are in memory.
    pub fn tickets(&self) -> Arc<dyn TicketRepository> {
        Arc::new(SqliteTicketRepository::new(self.clone()))
    }

    /// Gives the facts about the data set.
    pub fn dataset(&self) -> Arc<dyn DatasetRepository> {
        Arc::new(SqliteDatasetRepository::new(self.clone()))
    }

    /// Gives the directory the store lives in.
    pub fn data_dir(&self) -> &Path {
        self.shared.lock.data_dir()
    }

    /// Tells what was written since the store was opened.
    pub fn statistics(&self) -> Statistics {
        self.shared.health.statistics()
    }

    /// Waits until the store fails for good, which may be never, and says why. That is after the disk lost data it
    /// had accepted (a sync failed): what is durable is unknown then, every further write is refused, and
    /// [`DatasetRepository::check`] fails. The process should end; the next start recovers from the log.
    pub async fn failed(&self) -> &'static str {
        self.shared.health.failed().await
    }

    /// Sets the greatest size of the database, in pages of 4 KiB: a write that would make it larger is refused as
    /// `StorageFull`, and succeeds once the size is raised. Without a call there is no limit but the disk's.
    ///
    /// # Errors
    /// `Unavailable` once the store is closed.
    pub async fn limit_pages(&self, pages: u32) -> Result<(), RepositoryError> {
        let set = move |writing: &mut crate::job::Writing<'_>| {
            let sql = format!("PRAGMA max_page_count = {pages}");
            Ok(writing.connection.query_row(&sql, [], |_| Ok(()))?)
        };
        self.shared.writer.write(crate::job::Touches::Rest, set).await
    }

    /// Finishes what is queued, copies the write-ahead log into the database and writes nothing any more; reading
    /// goes on. Calls after the first do nothing.
    ///
    /// # Errors
    /// If the log couldn't be copied; nothing is lost then, the next start does it.
    pub async fn close(&self) -> Result<(), RepositoryError> {
        self.shared.writer.close().await
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("data_dir", &self.data_dir()).finish_non_exhaustive()
    }
}

/// Gives the name of the data set, chosen now if it has none.
fn begin_dataset(connection: &mut Connection) -> Result<Epoch, Failure> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let named = transaction.prepare("SELECT 1 FROM dataset")?.exists([])?;
    if !named {
        name_dataset(&transaction)?;
    }
    let epoch: String = transaction.query_row("SELECT epoch FROM dataset", [], |row| row.get(0))?;
    transaction.commit()?;
    if epoch.is_empty() {
        return Err(corrupt("the data set has no name"));
    }
    Ok(Epoch::new(epoch))
}

/// Gives the data set a new random name of 128 bits.
pub(crate) fn name_dataset(connection: &Connection) -> Result<(), Failure> {
    let sql = "INSERT INTO dataset (only_row, epoch, checksum) VALUES (1, lower(hex(randomblob(16))), 0) \
               ON CONFLICT (only_row) DO UPDATE SET epoch = excluded.epoch";
    connection.execute(sql, [])?;
    DATASET.seal(connection, [1])
}
