//! Make the first account, which administers the server, and the first room.

use thiserror::Error;

use super::open_session::{OpenedSession, open_session};
use super::register::{Register, new_user};
use crate::Ports;
use crate::error::{ErrorCode, ErrorKind, UseCaseError};
use crate::model::{Device, NewRoom, Room, RoomId, RoomKind, RoomName, Topic};
use crate::port::{Constraint, PasswordError, RepositoryError};

/// Why the server wasn't set up.
#[derive(Debug, Clone, Error)]
pub enum SetUpError {
    /// There is an account already.
    #[error("this server has been set up already; sign in instead")]
    AlreadySetUp,
    /// The password couldn't be hashed now.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl UseCaseError for SetUpError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::AlreadySetUp => ErrorKind::Conflict,
            Self::Password(error) => error.kind(),
            Self::Repository(error) => error.kind(),
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::AlreadySetUp => ErrorCode::Conflict,
            Self::Password(error) => error.code(),
            Self::Repository(error) => error.code(),
        }
    }
}

/// Makes the first account, as administrator whatever the input says, makes its first room, and signs it in.
/// Of several at the same time, one succeeds.
///
/// # Errors
/// [`SetUpError`]; `AlreadySetUp` as soon as there is any account.
pub async fn set_up(
    ports: &Ports,
    first: Register,
    room: RoomName,
    device: Device,
) -> Result<OpenedSession, SetUpError> {
    if ports.users.any().await? {
        return Err(SetUpError::AlreadySetUp);
    }
    let new = new_user(ports, Register { is_admin: true, ..first }).await?;
    let user = new.user.clone();
    if !ports.users.insert_first(new).await? {
        return Err(SetUpError::AlreadySetUp);
    }
    let room = Room {
        id: RoomId::new(ports.ids.generate()),
        name: Some(room),
        kind: RoomKind::Public,
        topic: Topic::default(),
        created_at: ports.clock.now(),
        archived_at: None,
        edit_window: None,
    };
    match ports.rooms.insert(NewRoom { room, owner: user.id }).await {
        // A room of that name from an earlier life of the store serves as well.
        Ok(()) | Err(RepositoryError::Conflict(Constraint::RoomNameUnique)) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(open_session(ports, user, device).await?)
}
