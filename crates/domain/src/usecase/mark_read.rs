//! Say how far one has read, and see how far others have.

use thiserror::Error;

use super::admit::{RoomError, admit};
use super::message_error::MessageError;
use super::view_message::find_readable;
use crate::error::{ErrorCode, ErrorKind, UseCaseError};
use crate::model::{Actor, Event, Marker, MarkerNotice, MessageId, ReadState, Receipt, RoomId, RoomRef, RoomSeq};
use crate::port::{Marking, RepositoryError};
use crate::{Action, Denied, Ports};

/// A read position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkRead {
    /// In which room.
    pub room: RoomRef,
    /// The last message that is read.
    pub seq: RoomSeq,
    /// Whether the position may go back: «mark unread».
    pub back: bool,
}

/// Why the position stands where it stood.
#[derive(Debug, Clone, Error)]
pub enum MarkReadError {
    /// The actor may not, or may not know the room.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There are fewer messages.
    #[error("the room's newest message is number {head}")]
    BeyondHead {
        /// The place of the newest message.
        head: RoomSeq,
    },
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl From<RoomError> for MarkReadError {
    fn from(error: RoomError) -> Self {
        match error {
            RoomError::Denied(denied) => Self::Denied(denied),
            RoomError::Repository(error) => Self::Repository(error),
        }
    }
}

impl UseCaseError for MarkReadError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Denied(error) => error.kind(),
            Self::BeyondHead { .. } => ErrorKind::Invalid,
            Self::Repository(error) => error.kind(),
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Denied(error) => error.code(),
            Self::BeyondHead { .. } => ErrorCode::Invalid,
            Self::Repository(error) => error.code(),
        }
    }
}

/// Moves the actor's read position, tells their other devices, and the room if they show it. Never goes back unless
/// asked to; idempotent.
///
/// # Errors
/// [`MarkReadError`].
pub async fn mark_read(ports: &Ports, actor: &Actor, input: MarkRead) -> Result<(RoomId, ReadState), MarkReadError> {
    let access = admit(ports, actor, &input.room, Action::Mark).await?;
    let room_id = access.room.id;
    let marker = Marker { room_id, user_id: actor.user_id, seq: input.seq, back: input.back };
    match ports.read_states.mark(marker).await? {
        Marking::Moved(state) => {
            let notice = MarkerNotice {
                room_id,
                user_id: actor.user_id,
                read_seq: state.read_seq,
                shown: actor.privacy.receipts,
            };
            ports.broadcaster.publish(Event::Marked(notice)).await;
            Ok((room_id, state))
        }
        Marking::Unmoved(state) => Ok((room_id, state)),
        Marking::BeyondHead(head) => Err(MarkReadError::BeyondHead { head }),
        Marking::NotAMember => Err(Denied::NotAMember.into()),
    }
}

/// Gives the members who have read a message and show it, by user id ascending, without its author and the actor.
/// Nothing in a room of more than [`Receipt::MAX_MEMBERS`] members. An actor who doesn't show their own positions sees
/// nobody's.
///
/// # Errors
/// [`MessageError`].
pub async fn list_readers(ports: &Ports, actor: &Actor, id: MessageId) -> Result<Option<Vec<Receipt>>, MessageError> {
    let (access, message) = find_readable(ports, actor, id).await?;
    if access.membership.is_none() {
        return Err(MessageError::Denied(Denied::NotAMember));
    }
    if !actor.privacy.receipts {
        return Ok(Some(Vec::new()));
    }
    let Some(mut receipts) = ports.read_states.receipts(message.room_id).await? else {
        return Ok(None);
    };
    receipts.retain(|receipt| {
        receipt.read_seq >= message.seq && receipt.user_id != message.author.id && receipt.user_id != actor.user_id
    });
    Ok(Some(receipts))
}
