//! Read a thread, and choose to follow it.

use super::message_error::MessageError;
use super::view_message::find_readable;
use crate::model::{Actor, Message, MessageId, PageSize, Room, RoomSeq, ThreadPage, ThreadSummary};
use crate::{Action, Ports, authorize};

/// A thread with some of its replies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadView {
    /// Where it is.
    pub room: Room,
    /// The message that began it, or its tombstone.
    pub root: Message,
    /// What is known of it.
    pub summary: ThreadSummary,
    /// The replies asked for.
    pub page: ThreadPage,
}

/// Gives a thread with replies after `after` (exclusive). Any message of the thread names it.
///
/// # Errors
/// [`MessageError`].
pub async fn view_thread(
    ports: &Ports,
    actor: &Actor,
    id: MessageId,
    after: RoomSeq,
    size: PageSize,
) -> Result<ThreadView, MessageError> {
    let (access, mut root) = find_readable(ports, actor, id).await?;
    if let Some(first) = root.thread {
        root = ports.messages.find(first).await?.ok_or(MessageError::NotFound)?;
    }
    let page = ports.threads.replies(root.id, after, size).await?;
    let summary = ports.threads.summary(root.id, actor.user_id).await?;
    Ok(ThreadView { room: access.room, root, summary, page })
}

/// Follows a thread, or stops following it. Any message of the thread names it. Idempotent.
///
/// # Errors
/// [`MessageError`].
pub async fn follow_thread(ports: &Ports, actor: &Actor, id: MessageId, follows: bool) -> Result<(), MessageError> {
    let (access, message) = find_readable(ports, actor, id).await?;
    authorize(actor, Action::Follow, &access)?;
    Ok(ports.threads.follow(message.thread.unwrap_or(id), actor.user_id, follows).await?)
}
