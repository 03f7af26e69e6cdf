//! Why a connection isn't made.

use domain::port::RepositoryError;
use domain::usecase::RoomError;
use domain::{ErrorCode, ErrorKind, UseCaseError};
use thiserror::Error;

/// Why a connection isn't made.
#[derive(Debug, Clone, Error)]
pub enum ConnectError {
    /// The actor may not enter the room, or may not know it; or the store failed.
    #[error(transparent)]
    Room(#[from] RoomError),
    /// The session ended while the connection was being made.
    #[error("the session has ended; sign in again")]
    SessionEnded,
    /// The user has as many connections as allowed.
    #[error("you have {max} connections, which is the limit; close one first")]
    TooManyConnections {
        /// The limit.
        max: usize,
    },
    /// The room's timeline couldn't be read in time.
    #[error("the room can't be opened right now; try again in a moment")]
    NotReady,
}

impl From<RepositoryError> for ConnectError {
    fn from(error: RepositoryError) -> Self {
        Self::Room(RoomError::Repository(error))
    }
}

impl UseCaseError for ConnectError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Room(error) => error.kind(),
            Self::SessionEnded => ErrorKind::Unauthenticated,
            Self::TooManyConnections { .. } => ErrorKind::RateLimited,
            Self::NotReady => ErrorKind::Unavailable,
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Room(error) => error.code(),
            Self::SessionEnded => ErrorCode::Unauthenticated,
            Self::TooManyConnections { .. } => ErrorCode::TooMany,
            Self::NotReady => ErrorCode::Unavailable,
        }
    }
}
