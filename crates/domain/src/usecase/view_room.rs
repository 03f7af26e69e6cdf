//! See one room.

use super::admit::{RoomError, admit};
use crate::model::{Actor, RoomOverview, RoomRef};
use crate::{Action, Denied, Ports};

/// Gives a room as the actor sees it.
///
/// # Errors
/// [`RoomError`].
pub async fn view_room(ports: &Ports, actor: &Actor, room: &RoomRef) -> Result<RoomOverview, RoomError> {
    let access = admit(ports, actor, room, Action::View).await?;
    let overview = ports.rooms.overview(&RoomRef::Id(access.room.id), actor.user_id).await?;
    Ok(overview.ok_or(Denied::Hidden)?)
}
