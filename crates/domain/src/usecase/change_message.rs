//! The step that every use case that changes a message ends with: store the change, then tell of it.

use std::sync::Arc;

use super::message_error::MessageError;
use crate::Ports;
use crate::model::{ChangeRefusal, Event, Message, MessageChange, MessageId, Room};
use crate::port::Changed;

/// A message after a change, with its room.
pub type ChangedMessage = (Room, Arc<Message>);

/// Stores a change and tells everybody who sees the room. What was so already is told again: the first announcement may
/// have been lost with the process that made it, and receivers drop what they have.
pub(super) async fn change_message(
    ports: &Ports,
    room: Room,
    id: MessageId,
    change: MessageChange,
) -> Result<ChangedMessage, MessageError> {
    let message = match ports.messages.change(id, change).await? {
        Changed::Done(message) | Changed::Unchanged(message) => Arc::new(message),
        Changed::Absent | Changed::Refused(ChangeRefusal::Deleted, _) => return Err(MessageError::NotFound),
        Changed::Refused(ChangeRefusal::VersionMismatch, message) => {
            return Err(MessageError::VersionMismatch(Box::new((room, message))));
        }
        Changed::Refused(ChangeRefusal::TooManyVersions, _) => return Err(MessageError::TooManyVersions),
        Changed::Refused(ChangeRefusal::TooManyReactions, _) => return Err(MessageError::TooManyReactions),
    };
    ports.broadcaster.publish(Event::Timeline(Arc::clone(&message))).await;
    Ok((room, message))
}
