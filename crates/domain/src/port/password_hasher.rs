//! Password hashing.

use async_trait::async_trait;
use thiserror::Error;

use crate::error::{ErrorCode, ErrorKind, UseCaseError};
use crate::model::{Password, PasswordHash};

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordCheck {
    /// The password belongs to the hash.
    Match {
        /// A hash with today's parameters, if the stored one has weaker ones.
        rehash: Option<PasswordHash>,
    },
    /// It doesn't, or there was no hash to check against.
    Mismatch,
}

/// Why nothing could be hashed or checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// Too many checks are waiting; nothing was done.
    #[error("too many log-ins at once; try again in a moment")]
    Overloaded,
    /// The hasher itself failed, or the stored hash can't be read.
    #[error("the password could not be processed")]
    Failed,
}

impl UseCaseError for PasswordError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Overloaded => ErrorKind::Overloaded,
            Self::Failed => ErrorKind::Internal,
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Overloaded => ErrorCode::Overloaded,
            Self::Failed => ErrorCode::Internal,
        }
    }
}

/// Hashes and checks passwords off the runtime's threads, a bounded number at a time.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes a new password with a fresh salt.
    ///
    /// # Errors
    /// [`PasswordError`] if the pool is full or hashing failed.
    async fn hash(&self, password: &Password) -> Result<PasswordHash, PasswordError>;

    /// Checks a password. Without a hash it takes as long as with one and answers `Mismatch`, so that the time
    /// doesn't tell whether an account exists.
    ///
    /// # Errors
    /// [`PasswordError`] if the pool is full or the hash can't be read.
    async fn check(&self, password: &Password, hash: Option<PasswordHash>) -> Result<PasswordCheck, PasswordError>;
}
