//! Choose for how long messages of a room can be edited.

use super::admit::{RoomError, admit};
use crate::model::{Actor, EditWindow, Event, RoomOverview, RoomRef};
use crate::{Action, Denied, Ports};

/// Sets a room's edit window, or takes it away, and tells everybody who sees the room.
///
/// # Errors
/// [`RoomError`].
pub async fn set_edit_window(
    ports: &Ports,
    actor: &Actor,
    room: &RoomRef,
    window: Option<EditWindow>,
) -> Result<RoomOverview, RoomError> {
    let access = admit(ports, actor, room, Action::ManageRoom).await?;
    let id = access.room.id;
    if access.room.edit_window != window {
        if !ports.rooms.set_edit_window(id, window).await? {
            return Err(Denied::Hidden.into());
        }
        ports.broadcaster.publish(Event::RoomChanged(id)).await;
    }
    let overview = ports.rooms.overview(&RoomRef::Id(id), actor.user_id).await?;
    Ok(overview.ok_or(Denied::Hidden)?)
}
