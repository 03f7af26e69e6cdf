//! Read a window of a room's history.

use super::admit::{RoomError, admit};
use crate::model::{Actor, MessagePage, PageAnchor, PageSize, Room, RoomRef};
use crate::{Action, Ports};

/// Gives a page of the timeline, tombstones included, with the room it belongs to.
///
/// # Errors
/// [`RoomError`].
pub async fn page_messages(
    ports: &Ports,
    actor: &Actor,
    room: &RoomRef,
    anchor: PageAnchor,
    size: PageSize,
) -> Result<(Room, MessagePage), RoomError> {
    let access = admit(ports, actor, room, Action::Read).await?;
    let page = ports.messages.page(access.room.id, anchor, size).await?;
    Ok((access.room, page))
}
