//! Make an account.

use thiserror::Error;

use crate::Ports;
use crate::error::{ErrorCode, ErrorKind, UseCaseError};
use crate::model::{EmailAddress, NewUser, Password, Privacy, User, UserId, Username};
use crate::port::{Constraint, PasswordError, RepositoryError};

/// An account to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// The name to sign in with.
    pub username: Username,
    /// The password.
    pub password: Password,
    /// An address, if there is one.
    pub email: Option<EmailAddress>,
    /// Whether the account administers the server; edges that anybody can reach pass `false`.
    pub is_admin: bool,
}

/// Why no account was made.
#[derive(Debug, Clone, Error)]
pub enum RegisterError {
    /// The name belongs to somebody, or can't be told from a name that does.
    #[error("the user name is taken, or looks the same as one that is")]
    UsernameTaken,
    /// The password couldn't be hashed now.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The store failed.
    #[error(transparent)]
    Repository(RepositoryError),
}

impl From<RepositoryError> for RegisterError {
    fn from(error: RepositoryError) -> Self {
        match error {
            RepositoryError::Conflict(Constraint::UsernameUnique) => Self::UsernameTaken,
            other => Self::Repository(other),
        }
    }
}

impl UseCaseError for RegisterError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::UsernameTaken => ErrorKind::Conflict,
            Self::Password(error) => error.kind(),
            Self::Repository(error) => error.kind(),
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::UsernameTaken => ErrorCode::UsernameTaken,
            Self::Password(error) => error.code(),
            Self::Repository(error) => error.code(),
        }
    }
}

/// Makes an account. The name is looked up before the password is hashed, so that a taken name costs little.
///
/// # Errors
/// [`RegisterError`]; nothing was stored then.
pub async fn register(ports: &Ports, input: Register) -> Result<User, RegisterError> {
    if ports.users.find_credentials(&input.username).await?.is_some() {
        return Err(RegisterError::UsernameTaken);
    }
    let new = new_user(ports, input).await?;
    let user = new.user.clone();
    ports.users.insert(new).await?;
    Ok(user)
}

/// Hashes the password and gives the account its id.
pub(super) async fn new_user(ports: &Ports, input: Register) -> Result<NewUser, PasswordError> {
    let password_hash = ports.passwords.hash(&input.password).await?;
    let user = User {
        id: UserId::new(ports.ids.generate()),
        username: input.username,
        email: input.email,
        is_admin: input.is_admin,
        disabled: false,
        privacy: Privacy::default(),
        created_at: ports.clock.now(),
    };
    Ok(NewUser { user, password_hash })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MockPorts;
    use crate::model::{Id, PasswordHash, Timestamp};

    fn input() -> Register {
        Register {
            username: Username::parse("ann").unwrap(),
            password: Password::parse("correct horse").unwrap(),
            email: None,
            is_admin: false,
        }
    }

    fn doubles() -> MockPorts {
        let mut mocks = MockPorts::default();
        mocks.users.expect_find_credentials().returning(|_| Ok(None));
        mocks.passwords.expect_hash().returning(|_| Ok(PasswordHash::new("hash")));
        mocks.ids.expect_generate().return_const(Id::from_bytes([1; 12]));
        mocks.clock.expect_now().return_const(Timestamp::from_millis(5));
        mocks
    }

    #[tokio::test]
    async fn an_account_is_stored_with_the_hash_and_never_the_password() {
        let mut mocks = doubles();
        mocks.users.expect_insert().once().withf(|new| new.password_hash.as_str() == "hash").returning(|_| Ok(()));
        let user = register(&mocks.into_ports(), input()).await.unwrap();
        assert_eq!((user.username.as_str(), user.created_at.as_millis(), user.is_admin), ("ann", 5, false));
    }

    #[tokio::test]
    async fn losing_the_race_for_a_name_says_that_it_is_taken() {
        let mut mocks = doubles();
        mocks.users.expect_insert().returning(|_| Err(RepositoryError::Conflict(Constraint::UsernameUnique)));
        let error = register(&mocks.into_ports(), input()).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Conflict, ErrorCode::UsernameTaken));
    }
}
