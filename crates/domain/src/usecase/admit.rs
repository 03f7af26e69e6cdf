//! The step that every use case in a room begins with: read room and membership, then decide.

use thiserror::Error;

use crate::error::{ErrorCode, ErrorKind, UseCaseError};
use crate::model::{Actor, RoomAccess, RoomRef};
use crate::port::RepositoryError;
use crate::{Action, Denied, Ports, authorize};

/// Why nothing was done in a room.
#[derive(Debug, Clone, Error)]
pub enum RoomError {
    /// The actor may not, or may not know the room.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl UseCaseError for RoomError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Denied(error) => error.kind(),
            Self::Repository(error) => error.kind(),
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Denied(error) => error.code(),
            Self::Repository(error) => error.code(),
        }
    }
}

/// Reads the room as the actor sees it and checks that the action is allowed. An absent room is `Hidden`, the
/// same as one the actor may not know.
pub(super) async fn admit(
    ports: &Ports,
    actor: &Actor,
    room: &RoomRef,
    action: Action,
) -> Result<RoomAccess, RoomError> {
    let access = ports.rooms.access(room, actor.user_id).await?.ok_or(Denied::Hidden)?;
    authorize(actor, action, &access)?;
    Ok(access)
}
