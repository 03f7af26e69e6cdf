//! Facts about the data set in memory.

use async_trait::async_trait;
use domain::model::Epoch;
use domain::port::{DatasetRepository, RepositoryError};

use crate::store::MemoryStore;

/// Tells about the data set in memory, which is another one in every store.
#[derive(Debug, Clone)]
pub struct MemoryDatasetRepository {
    store: MemoryStore,
}

impl MemoryDatasetRepository {
    pub(crate) const fn new(store: MemoryStore) -> Self {
        Self { store }
    }
}

#[async_trait]
impl DatasetRepository for MemoryDatasetRepository {
    async fn epoch(&self) -> Result<Epoch, RepositoryError> {
        Ok(self.store.lock()?.epoch.clone())
    }

    async fn check(&self) -> Result<(), RepositoryError> {
        self.store.lock().map(|_| ())
    }
}
