//! React to a message, and take a reaction back.

use super::change_message::{ChangedMessage, change_message};
use super::message_error::MessageError;
use super::view_message::find_live;
use crate::model::{Actor, Emoji, MessageChange, MessageId};
use crate::{Action, Ports, authorize};

/// Adds the actor's reaction with that emoji. Idempotent.
///
/// # Errors
/// [`MessageError`].
pub async fn react(ports: &Ports, actor: &Actor, id: MessageId, emoji: Emoji) -> Result<ChangedMessage, MessageError> {
    change_reaction(ports, actor, id, MessageChange::React { by: actor.user_id, emoji }).await
}

/// Takes the actor's reaction with that emoji back. Idempotent.
///
/// # Errors
/// [`MessageError`].
pub async fn unreact(
    ports: &Ports,
    actor: &Actor,
    id: MessageId,
    emoji: Emoji,
) -> Result<ChangedMessage, MessageError> {
    change_reaction(ports, actor, id, MessageChange::Unreact { by: actor.user_id, emoji }).await
}

async fn change_reaction(
    ports: &Ports,
    actor: &Actor,
    id: MessageId,
    change: MessageChange,
) -> Result<ChangedMessage, MessageError> {
    let (access, _) = find_live(ports, actor, id).await?;
    authorize(actor, Action::React, &access)?;
    change_message(ports, access.room, id, change).await
}
