//! Read one message.

use super::message_error::MessageError;
use crate::model::{Actor, Message, MessageId, Room, RoomAccess, RoomRef};
use crate::{Action, Ports, authorize};

/// Gives a message or its tombstone, with its room.
///
/// # Errors
/// [`MessageError`].
pub async fn view_message(ports: &Ports, actor: &Actor, id: MessageId) -> Result<(Room, Message), MessageError> {
    let (access, message) = find_readable(ports, actor, id).await?;
    Ok((access.room, message))
}

/// Finds a message that the actor may read, or its tombstone, with its room as the actor sees it: the step that every
/// use case on a message begins with.
pub(super) async fn find_readable(
    ports: &Ports,
    actor: &Actor,
    id: MessageId,
) -> Result<(RoomAccess, Message), MessageError> {
    let message = ports.messages.find(id).await?.ok_or(MessageError::NotFound)?;
    let room = RoomRef::Id(message.room_id);
    let access = ports.rooms.access(&room, actor.user_id).await?.ok_or(MessageError::NotFound)?;
    authorize(actor, Action::Read, &access)?;
    Ok((access, message))
}

/// Finds a message that can still be read.
pub(super) async fn find_live(
    ports: &Ports,
    actor: &Actor,
    id: MessageId,
) -> Result<(RoomAccess, Message), MessageError> {
    let (access, message) = find_readable(ports, actor, id).await?;
    if message.is_deleted() { Err(MessageError::NotFound) } else { Ok((access, message)) }
}
