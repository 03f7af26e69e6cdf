//! Find rooms to join.

use crate::Ports;
use crate::model::{Actor, PageSize, RoomName, RoomOverview};
use crate::port::RepositoryError;

/// Which rooms to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryQuery {
    /// What the name contains; empty for all.
    pub text: String,
    /// The name after which to go on (exclusive).
    pub after: Option<RoomName>,
    /// How many at most.
    pub size: PageSize,
}

/// Lists open rooms by name ascending.
///
/// # Errors
/// [`RepositoryError`] if the store failed.
pub async fn browse_directory(
    ports: &Ports,
    actor: &Actor,
    query: DirectoryQuery,
) -> Result<Vec<RoomOverview>, RepositoryError> {
    ports.rooms.directory(actor.user_id, &query.text, query.after, query.size).await
}
