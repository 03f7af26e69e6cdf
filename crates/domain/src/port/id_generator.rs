//! New identifiers.

use crate::model::Id;

/// Makes identifiers that no other process makes.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait IdGenerator: Send + Sync {
    /// Gives an identifier that is greater than any this process made in an earlier second, and unique.
    fn generate(&self) -> Id;
}
