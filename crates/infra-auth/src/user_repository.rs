//! The store of accounts, with the session cache told of what changes in it.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use domain::model::{NewUser, PageSize, PasswordHash, Privacy, User, UserId, Username};
use domain::port::{Credentials, RepositoryError, UserRepository};

use crate::session_repository::{Finally, SessionCache};

/// Passes everything on to a store, and has a cache forget the sessions of a user whose account is shut or opened,
/// or who chooses what to show, before that call returns: no session is then shown with its user as they were.
pub struct WatchedUserRepository {
    inner: Arc<dyn UserRepository>,
    sessions: Arc<SessionCache>,
}

impl WatchedUserRepository {
    /// Watches that store on behalf of that cache.
    pub fn new(inner: Arc<dyn UserRepository>, sessions: Arc<SessionCache>) -> Self {
        Self { inner, sessions }
    }
}

#[async_trait]
impl UserRepository for WatchedUserRepository {
    async fn insert(&self, new: NewUser) -> Result<(), RepositoryError> {
        self.inner.insert(new).await
    }

    async fn insert_first(&self, new: NewUser) -> Result<bool, RepositoryError> {
        self.inner.insert_first(new).await
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, RepositoryError> {
        self.inner.find(id).await
    }

    async fn find_credentials(&self, username: &Username) -> Result<Option<Credentials>, RepositoryError> {
        self.inner.find_credentials(username).await
    }

    async fn any(&self) -> Result<bool, RepositoryError> {
        self.inner.any().await
    }

    async fn list(&self, after: Option<Username>, size: PageSize) -> Result<Vec<User>, RepositoryError> {
        self.inner.list(after, size).await
    }

    async fn set_password_hash(&self, id: UserId, hash: PasswordHash) -> Result<bool, RepositoryError> {
        // Sessions don't show it.
        self.inner.set_password_hash(id, hash).await
    }

    async fn set_privacy(&self, id: UserId, privacy: Privacy) -> Result<bool, RepositoryError> {
        let _forget = Finally(|| self.sessions.forget_user(id));
        self.inner.set_privacy(id, privacy).await
    }

    async fn set_disabled(&self, id: UserId, disabled: bool) -> Result<bool, RepositoryError> {
        let _forget = Finally(|| self.sessions.forget_user(id));
        self.inner.set_disabled(id, disabled).await
    }
}

impl fmt::Debug for WatchedUserRepository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WatchedUserRepository").field("sessions", &self.sessions).finish_non_exhaustive()
    }
}
