//! Where a server under test keeps its data: each test has a place of its own.

use std::path::Path;

use tempfile::TempDir;

use super::mongodb::Database;

/// Which store is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    /// The embedded one.
    Sqlite,
    /// A real MongoDB.
    MongoDb,
}

/// A data directory and, for MongoDB, a database; both empty at first.
#[derive(Debug)]
pub(crate) struct Place {
    directory: TempDir,
    database: Option<Database>,
}

impl Place {
    /// Makes an empty one.
    pub(crate) async fn new(store: Store) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let database = match store {
            Store::Sqlite => None,
            Store::MongoDb => Some(Database::new().await),
        };
        Self { directory, database }
    }

    /// Gives the data directory. It doesn't exist until the first start.
    pub(crate) fn data_dir(&self) -> std::path::PathBuf {
        self.directory.path().join("data")
    }

    /// Gives a path for another file.
    pub(crate) fn file(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join(name)
    }

    /// Gives what `--store` takes.
    pub(crate) fn store(&self) -> &str {
        self.database.as_ref().map_or("sqlite", |database| &database.uri)
    }

    /// Gives the directory that is removed at the end.
    pub(crate) fn root(&self) -> &Path {
        self.directory.path()
    }

    /// Removes what the temporary directory doesn't hold.
    pub(crate) async fn clean_up(self) {
        if let Some(database) = self.database {
            database.remove().await;
        }
    }
}
