//! Facts about the data set as a whole.

use async_trait::async_trait;

use super::RepositoryError;
use crate::model::Epoch;

/// Tells about the data set as a whole.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait DatasetRepository: Send + Sync {
    /// Gives the name of this data set: the same until a restore.
    ///
    /// # Errors
    /// [`RepositoryError`] if the store can't be read.
    async fn epoch(&self) -> Result<Epoch, RepositoryError>;

    /// Checks that the store can be read and written right now, cheaply.
    ///
    /// # Errors
    /// [`RepositoryError`] saying what stands in the way.
    async fn check(&self) -> Result<(), RepositoryError>;
}
