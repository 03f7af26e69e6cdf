//! Facts about the data set on SQLite.

use async_trait::async_trait;
use domain::model::Epoch;
use domain::port::{DatasetRepository, RepositoryError};

use crate::SqliteStore;
use crate::job::Touches;
use crate::store::Shared;

/// Tells about the data set in an SQLite store.
#[derive(Debug, Clone)]
pub struct SqliteDatasetRepository {
    store: SqliteStore,
}

impl SqliteDatasetRepository {
    pub(crate) const fn new(store: SqliteStore) -> Self {
        Self { store }
    }

    fn shared(&self) -> &Shared {
        self.store.shared()
    }
}

#[async_trait]
impl DatasetRepository for SqliteDatasetRepository {
    async fn epoch(&self) -> Result<Epoch, RepositoryError> {
        // It changes only by a restore, which needs the directory to itself.
        Ok(self.shared().epoch.clone())
    }

    /// Asks a reader and the writer's thread; writes to the disk only if the last write failed, since then nothing
    /// else can tell whether writing works again.
    async fn check(&self) -> Result<(), RepositoryError> {
        if let Some(failure) = self.shared().health.failure() {
            return Err(failure);
        }
        let probe = self.shared().health.is_ailing();
        self.shared()
            .readers
            .read(|connection| Ok(connection.query_row("SELECT 1 FROM dataset", [], |_| Ok(()))?))
            .await?;
        self.shared()
            .writer
            .write(Touches::Rest, move |writing| {
                if probe {
                    // As large as a long message, and gone again at the next successful probe's end.
                    let sql = "CREATE TABLE probe (filler BLOB); INSERT INTO probe VALUES (randomblob(32768)); \
                               DROP TABLE probe";
                    writing.connection.execute_batch(sql)?;
                }
                Ok(())
            })
            .await
    }
}
