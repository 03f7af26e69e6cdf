//! Change a message's text.

use super::change_message::{ChangedMessage, change_message};
use super::mentioned::mentioned;
use super::message_error::MessageError;
use super::view_message::find_live;
use crate::model::{Actor, MessageBody, MessageChange, MessageId, Version};
use crate::{Action, Ports, authorize};

/// A new text for a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditMessage {
    /// Which message.
    pub id: MessageId,
    /// The text.
    pub body: MessageBody,
    /// The version that the editor has seen.
    pub seen: Version,
}

/// Replaces the text of one of the actor's own messages, keeps the old one as a version, and tells everybody who sees
/// the room. Idempotent: an edit that was made already succeeds.
///
/// # Errors
/// [`MessageError`]; `VersionMismatch` has the message as it is now.
pub async fn edit_message(ports: &Ports, actor: &Actor, input: EditMessage) -> Result<ChangedMessage, MessageError> {
    let (access, message) = find_live(ports, actor, input.id).await?;
    authorize(actor, Action::Edit { author: message.author.id }, &access)?;
    let at = ports.clock.now();
    if let Some(window) = access.room.edit_window
        && !window.is_open(message.created_at, at)
    {
        return Err(MessageError::EditWindowClosed { seconds: window.seconds() });
    }
    let mentions = mentioned(ports, actor, &access, &input.body).await?;
    let change = MessageChange::Edit { body: input.body, mentions, seen: input.seen, at };
    change_message(ports, access.room, input.id, change).await
}
