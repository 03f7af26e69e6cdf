//! Read one message.

use thiserror::Error;

use crate::error::{ErrorCode, ErrorKind, UseCaseError};
use crate::model::{Actor, Message, MessageId, Room, RoomAccess, RoomRef};
use crate::port::RepositoryError;
use crate::{Action, Denied, Ports, authorize};

/// Why a message can't be read or changed.
#[derive(Debug, Clone, Error)]
pub enum MessageError {
    /// There is no such message, or the actor may not know of it.
    #[error("there is no such message")]
    NotFound,
    /// The actor may not do this to the message.
    #[error(transparent)]
    Denied(Denied),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl From<Denied> for MessageError {
    fn from(denied: Denied) -> Self {
        match denied {
            // A hidden room's messages are as absent as the room.
            Denied::Hidden => Self::NotFound,
            other => Self::Denied(other),
        }
    }
}

impl UseCaseError for MessageError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound => ErrorKind::NotFound,
            Self::Denied(error) => error.kind(),
            Self::Repository(error) => error.kind(),
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::NotFound => ErrorCode::NotFound,
            Self::Denied(error) => error.code(),
            Self::Repository(error) => error.code(),
        }
    }
}

/// Gives a message or its tombstone, with its room.
///
/// # Errors
/// [`MessageError`].
pub async fn view_message(ports: &Ports, actor: &Actor, id: MessageId) -> Result<(Room, Message), MessageError> {
    let (access, message) = find_message(ports, actor, id).await?;
    authorize(actor, Action::Read, &access)?;
    Ok((access.room, message))
}

/// Finds a message and its room as the actor sees it.
pub(super) async fn find_message(
    ports: &Ports,
    actor: &Actor,
    id: MessageId,
) -> Result<(RoomAccess, Message), MessageError> {
    let message = ports.messages.find(id).await?.ok_or(MessageError::NotFound)?;
    let room = RoomRef::Id(message.room_id);
    let access = ports.rooms.access(&room, actor.user_id).await?.ok_or(MessageError::NotFound)?;
    Ok((access, message))
}
