//! Prove who one is with a password, and get a session.

use thiserror::Error;

use super::open_session::{OpenedSession, open_session};
use crate::Ports;
use crate::error::{ErrorCode, ErrorKind, UseCaseError};
use crate::model::{Device, Password, Username};
use crate::port::{PasswordCheck, PasswordError, RepositoryError};

/// What was typed at log-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogIn {
    /// The name as typed; one that can't be a name is an unknown one.
    pub username: String,
    /// The password as typed.
    pub password: Password,
    /// What the client says it is.
    pub device: Device,
}

/// Why there is no session.
#[derive(Debug, Clone, Error)]
pub enum LogInError {
    /// Unknown user, wrong password or shut account: deliberately not said which.
    #[error("user name and password do not match an active account")]
    BadCredentials,
    /// The password couldn't be checked now.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl UseCaseError for LogInError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::BadCredentials => ErrorKind::Unauthenticated,
            Self::Password(error) => error.kind(),
            Self::Repository(error) => error.kind(),
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::BadCredentials => ErrorCode::BadCredentials,
            Self::Password(error) => error.code(),
            Self::Repository(error) => error.code(),
        }
    }
}

/// Checks the password and opens a session. Every refusal takes as long as a check.
///
/// # Errors
/// [`LogInError`].
pub async fn log_in(ports: &Ports, input: LogIn) -> Result<OpenedSession, LogInError> {
    let found = match Username::parse(&input.username) {
        Ok(username) => ports.users.find_credentials(&username).await?,
        Err(_) => None,
    };
    let hash = found.as_ref().map(|credentials| credentials.password_hash.clone());
    let check = ports.passwords.check(&input.password, hash).await?;
    let (Some(credentials), PasswordCheck::Match { rehash }) = (found, check) else {
        return Err(LogInError::BadCredentials);
    };
    if credentials.user.disabled {
        return Err(LogInError::BadCredentials);
    }
    if let Some(stronger) = rehash {
        // The log-in succeeds either way; the next one tries again.
        let _ = ports.users.set_password_hash(credentials.user.id, stronger).await;
    }
    Ok(open_session(ports, credentials.user, input.device).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MockPorts;
    use crate::model::{AccessToken, Id, PasswordHash, Privacy, RefreshToken, Timestamp, TokenDigest, User, UserId};
    use crate::port::Credentials;

    fn credentials(disabled: bool) -> Credentials {
        Credentials {
            user: User {
                id: UserId::new(Id::from_bytes([7; 12])),
                username: Username::parse("ann").unwrap(),
                email: None,
                is_admin: false,
                disabled,
                privacy: Privacy::default(),
                created_at: Timestamp::from_millis(0),
            },
            password_hash: PasswordHash::new("old"),
        }
    }

    fn input(username: &str) -> LogIn {
        LogIn { username: username.into(), password: Password::attempt("secret"), device: Device::default() }
    }

    #[tokio::test]
    async fn an_unknown_name_is_checked_against_nothing_and_refused_like_a_wrong_password() {
        let mut mocks = MockPorts::default();
        mocks.users.expect_find_credentials().returning(|_| Ok(None));
        mocks
            .passwords
            .expect_check()
            .once()
            .withf(|_, hash| hash.is_none())
            .returning(|_, _| Ok(PasswordCheck::Mismatch));
        let error = log_in(&mocks.into_ports(), input("nobody")).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::BadCredentials);
    }

    #[tokio::test]
    async fn a_text_that_cannot_be_a_name_still_costs_a_check() {
        let mut mocks = MockPorts::default();
        mocks.passwords.expect_check().once().returning(|_, _| Ok(PasswordCheck::Mismatch));
        assert!(matches!(log_in(&mocks.into_ports(), input("$ne")).await, Err(LogInError::BadCredentials)));
    }

    #[tokio::test]
    async fn a_shut_account_is_refused_like_a_wrong_password() {
        let mut mocks = MockPorts::default();
        mocks.users.expect_find_credentials().returning(|_| Ok(Some(credentials(true))));
        mocks.passwords.expect_check().returning(|_, _| Ok(PasswordCheck::Match { rehash: None }));
        assert!(matches!(log_in(&mocks.into_ports(), input("ann")).await, Err(LogInError::BadCredentials)));
    }

    #[tokio::test]
    async fn a_weak_hash_is_replaced_and_a_session_opened() {
        let mut mocks = MockPorts::default();
        mocks.users.expect_find_credentials().returning(|_| Ok(Some(credentials(false))));
        mocks
            .passwords
            .expect_check()
            .returning(|_, _| Ok(PasswordCheck::Match { rehash: Some(PasswordHash::new("new")) }));
        mocks
            .users
            .expect_set_password_hash()
            .once()
            .withf(|_, hash| hash.as_str() == "new")
            .returning(|_, _| Ok(true));
        mocks.clock.expect_now().return_const(Timestamp::from_millis(1000));
        mocks.ids.expect_generate().return_const(Id::from_bytes([9; 12]));
        mocks.secrets.expect_refresh_token().returning(|| RefreshToken::new("refresh"));
        mocks.secrets.expect_digest().return_const(TokenDigest::from_bytes([3; 32]));
        mocks.sessions.expect_insert().once().returning(|_| Ok(()));
        mocks.access_tokens.expect_issue().returning(|_| AccessToken::new("access"));
        let opened = log_in(&mocks.into_ports(), input("ann")).await.unwrap();
        assert_eq!(opened.access_token.reveal(), "access");
        assert_eq!(opened.live.session.expires_at.as_millis(), 1000 + 30 * 24 * 3600 * 1000);
    }
}
