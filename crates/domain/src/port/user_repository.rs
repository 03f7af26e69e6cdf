//! Accounts.

use async_trait::async_trait;

use super::RepositoryError;
use crate::model::{NewUser, PageSize, PasswordHash, Privacy, User, UserId, Username};

/// A user with what proves them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user.
    pub user: User,
    /// The hash of their password.
    pub password_hash: PasswordHash,
}

/// Keeps accounts.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait UserRepository: Send + Sync {
    /// Adds an account. Atomic: of two with the same skeleton one is refused.
    ///
    /// # Errors
    /// `Conflict(UsernameUnique)` if the name is taken or looks like one that is, `Conflict(IdUnique)` for a
    /// repeated id.
    async fn insert(&self, new: NewUser) -> Result<(), RepositoryError>;

    /// Adds an account only if there is none at all. Atomic; answers whether it was added.
    ///
    /// # Errors
    /// As [`Self::insert`].
    async fn insert_first(&self, new: NewUser) -> Result<bool, RepositoryError>;

    /// Finds an account by id.
    async fn find(&self, id: UserId) -> Result<Option<User>, RepositoryError>;

    /// Finds an account and its password hash by name, in any case.
    async fn find_credentials(&self, username: &Username) -> Result<Option<Credentials>, RepositoryError>;

    /// Tells whether there is any account.
    async fn any(&self) -> Result<bool, RepositoryError>;

    /// Lists accounts by their lower-case names, ascending, after the given name (exclusive).
    async fn list(&self, after: Option<Username>, size: PageSize) -> Result<Vec<User>, RepositoryError>;

    /// Replaces a password hash; answers whether the account exists.
    async fn set_password_hash(&self, id: UserId, hash: PasswordHash) -> Result<bool, RepositoryError>;

    /// Replaces what a user shows of themselves; answers whether the account exists.
    async fn set_privacy(&self, id: UserId, privacy: Privacy) -> Result<bool, RepositoryError>;

    /// Shuts or opens an account; answers whether it exists.
    async fn set_disabled(&self, id: UserId, disabled: bool) -> Result<bool, RepositoryError>;
}
