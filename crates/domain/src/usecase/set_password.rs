//! Give an account a new password, as an operator does.

use thiserror::Error;

use crate::Ports;
use crate::error::{ErrorCode, ErrorKind, UseCaseError};
use crate::model::{Event, Password, User, Username};
use crate::port::{PasswordError, RepositoryError};

/// Why an account wasn't changed.
#[derive(Debug, Clone, Error)]
pub enum AccountError {
    /// There is no account of that name.
    #[error("there is no account of that name")]
    NotFound,
    /// The password couldn't be hashed now.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl UseCaseError for AccountError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound => ErrorKind::NotFound,
            Self::Password(error) => error.kind(),
            Self::Repository(error) => error.kind(),
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::NotFound => ErrorCode::NotFound,
            Self::Password(error) => error.code(),
            Self::Repository(error) => error.code(),
        }
    }
}

/// Sets the password of an account and ends all its sessions.
///
/// # Errors
/// [`AccountError`].
pub async fn set_password(ports: &Ports, username: &Username, password: &Password) -> Result<(), AccountError> {
    let user = find_account(ports, username).await?;
    let hash = ports.passwords.hash(password).await?;
    if !ports.users.set_password_hash(user.id, hash).await? {
        return Err(AccountError::NotFound);
    }
    ports.sessions.revoke_all(user.id, None).await?;
    ports.broadcaster.publish(Event::UserRevoked { user_id: user.id, disabled: user.disabled }).await;
    Ok(())
}

/// Finds an account by name, or says that there is none.
pub(super) async fn find_account(ports: &Ports, username: &Username) -> Result<User, AccountError> {
    let found = ports.users.find_credentials(username).await?;
    found.map(|credentials| credentials.user).ok_or(AccountError::NotFound)
}
