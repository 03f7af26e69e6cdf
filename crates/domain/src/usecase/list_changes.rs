//! Catch up with a room.

use super::admit::{RoomError, admit};
use crate::model::{Actor, ChangesPage, Epoch, PageSize, Room, RoomRef, RoomRev};
use crate::{Action, Ports};

/// Gives everything that changed in a room after `after` (exclusive), each message once as it is now, with the
/// room and the name of the data set that the numbers belong to.
///
/// # Errors
/// [`RoomError`].
pub async fn list_changes(
    ports: &Ports,
    actor: &Actor,
    room: &RoomRef,
    after: RoomRev,
    size: PageSize,
) -> Result<(Room, ChangesPage, Epoch), RoomError> {
    let access = admit(ports, actor, room, Action::Read).await?;
    let epoch = ports.dataset.epoch().await?;
    let changes = ports.messages.changes(access.room.id, after, size).await?;
    Ok((access.room, changes, epoch))
}
