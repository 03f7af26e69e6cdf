//! Read the latest messages that still exist, as the original application lists them.

use super::admit::{RoomError, admit};
use crate::model::{Actor, Message, PageSize, Room, RoomRef, RoomSeq};
use crate::{Action, Ports};

/// Gives the latest messages before `before` (exclusive), tombstones left out, oldest first, with the room.
///
/// # Errors
/// [`RoomError`].
pub async fn page_live_messages(
    ports: &Ports,
    actor: &Actor,
    room: &RoomRef,
    before: Option<RoomSeq>,
    size: PageSize,
) -> Result<(Room, Vec<Message>), RoomError> {
    let access = admit(ports, actor, room, Action::Read).await?;
    let messages = ports.messages.latest_live(access.room.id, before, size).await?;
    Ok((access.room, messages))
}
