//! Why a message can't be read or changed.

use thiserror::Error;

use crate::Denied;
use crate::error::{ErrorCode, ErrorKind, UseCaseError};
use crate::model::{Message, Reactions, Room, Version};
use crate::port::RepositoryError;

/// Why a message can't be read or changed.
#[derive(Debug, Clone, Error)]
pub enum MessageError {
    /// There is no such message, or it was deleted, or the actor may not know of it.
    #[error("there is no such message")]
    NotFound,
    /// The actor may not do this to the message.
    #[error(transparent)]
    Denied(Denied),
    /// The text was changed since the editor saw it. This is the message as it is now, with its room.
    #[error("the message was changed meanwhile; edit its present text")]
    VersionMismatch(Box<(Room, Message)>),
    /// The message is too old to be edited.
    #[error("messages of this room can be edited for {seconds} seconds after they were posted")]
    EditWindowClosed {
        /// The room's edit window.
        seconds: u32,
    },
    /// All versions of a message are kept, and there are as many as there can be.
    #[error("a message can be edited {} times; delete it and post a new one", Version::MAX.get() - 1)]
    TooManyVersions,
    /// The message has as many kinds of reactions as there can be.
    #[error("a message can have {} kinds of reactions; use one that is there", Reactions::MAX_KINDS)]
    TooManyReactions,
    /// The store failed. After a timeout, ask again: a change isn't made twice.
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
            Self::VersionMismatch(_) | Self::EditWindowClosed { .. } => ErrorKind::Conflict,
            Self::TooManyVersions | Self::TooManyReactions => ErrorKind::Invalid,
            Self::Repository(error) => error.kind(),
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::NotFound => ErrorCode::NotFound,
            Self::Denied(error) => error.code(),
            Self::VersionMismatch(_) => ErrorCode::VersionMismatch,
            Self::EditWindowClosed { .. } => ErrorCode::EditWindowClosed,
            Self::TooManyVersions | Self::TooManyReactions => ErrorCode::TooMany,
            Self::Repository(error) => error.code(),
        }
    }
}
