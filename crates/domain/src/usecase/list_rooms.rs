//! See the rooms one belongs to.

use crate::Ports;
use crate::model::{Actor, PageSize, RoomId, RoomOverview};
use crate::port::RepositoryError;

/// Lists the actor's rooms by id ascending, after `after` (exclusive).
///
/// # Errors
/// [`RepositoryError`] if the store failed.
pub async fn list_rooms(
    ports: &Ports,
    actor: &Actor,
    after: Option<RoomId>,
    size: PageSize,
) -> Result<Vec<RoomOverview>, RepositoryError> {
    ports.rooms.list_of(actor.user_id, after, size).await
}
