//! Pin a message, unpin it, and see what is pinned.

use super::admit::{RoomError, admit};
use super::change_message::{ChangedMessage, change_message};
use super::message_error::MessageError;
use super::view_message::find_live;
use crate::model::{Actor, Message, MessageChange, MessageId, PageSize, Pin, Room, RoomRef, RoomSeq};
use crate::{Action, Ports, authorize};

/// Pins a message. Idempotent.
///
/// # Errors
/// [`MessageError`].
pub async fn pin_message(ports: &Ports, actor: &Actor, id: MessageId) -> Result<ChangedMessage, MessageError> {
    let pin = Pin { at: ports.clock.now(), by: actor.user_id };
    change_pin(ports, actor, id, MessageChange::Pin(pin)).await
}

/// Unpins a message. Idempotent.
///
/// # Errors
/// [`MessageError`].
pub async fn unpin_message(ports: &Ports, actor: &Actor, id: MessageId) -> Result<ChangedMessage, MessageError> {
    change_pin(ports, actor, id, MessageChange::Unpin).await
}

/// Gives the pinned messages of a room before `before` (exclusive), newest first, with the room.
///
/// # Errors
/// [`RoomError`].
pub async fn list_pins(
    ports: &Ports,
    actor: &Actor,
    room: &RoomRef,
    before: Option<RoomSeq>,
    size: PageSize,
) -> Result<(Room, Vec<Message>), RoomError> {
    let access = admit(ports, actor, room, Action::Read).await?;
    let pinned = ports.messages.pinned(access.room.id, before, size).await?;
    Ok((access.room, pinned))
}

async fn change_pin(
    ports: &Ports,
    actor: &Actor,
    id: MessageId,
    change: MessageChange,
) -> Result<ChangedMessage, MessageError> {
    let (access, _) = find_live(ports, actor, id).await?;
    authorize(actor, Action::Pin, &access)?;
    change_message(ports, access.room, id, change).await
}
