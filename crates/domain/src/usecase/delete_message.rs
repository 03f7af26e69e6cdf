//! Delete a message.

use std::sync::Arc;

use super::view_message::{MessageError, find_message};
use crate::model::{Actor, Event, Message, MessageId, Room};
use crate::port::Deletion;
use crate::{Action, Ports, authorize};

/// Why a message wasn't deleted; the same reasons as for reading one.
pub type DeleteMessageError = MessageError;

/// Replaces a message by its tombstone and tells everybody who sees the room. A message that was deleted
/// before is not found.
///
/// # Errors
/// [`DeleteMessageError`].
pub async fn delete_message(
    ports: &Ports,
    actor: &Actor,
    id: MessageId,
) -> Result<(Room, Arc<Message>), DeleteMessageError> {
    let (access, message) = find_message(ports, actor, id).await?;
    authorize(actor, Action::Read, &access)?;
    if message.is_deleted() {
        return Err(MessageError::NotFound);
    }
    authorize(actor, Action::Delete { author: message.author.id }, &access)?;
    match ports.messages.delete(id, actor.user_id, ports.clock.now()).await? {
        Deletion::Deleted(tombstone) => {
            let tombstone = Arc::new(tombstone);
            ports.broadcaster.publish(Event::Timeline(Arc::clone(&tombstone))).await;
            Ok((access.room, tombstone))
        }
        Deletion::Absent => Err(MessageError::NotFound),
    }
}
