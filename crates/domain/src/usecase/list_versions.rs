//! See what a message said before.

use super::message_error::MessageError;
use super::view_message::find_live;
use crate::Ports;
use crate::model::{Actor, MessageId, MessageVersion};

/// Gives every text a message has had, oldest first, the present one last.
///
/// # Errors
/// [`MessageError`].
pub async fn list_versions(ports: &Ports, actor: &Actor, id: MessageId) -> Result<Vec<MessageVersion>, MessageError> {
    let (_, message) = find_live(ports, actor, id).await?;
    let mut versions = ports.messages.versions(id).await?;
    let content = message.content().ok_or(MessageError::NotFound)?;
    // An edit between the two reads has put the present text among the versions already.
    versions.retain(|version| version.version < content.version);
    let since = content.edited_at.unwrap_or(message.created_at);
    versions.push(MessageVersion { version: content.version, body: content.body.clone(), since });
    Ok(versions)
}
