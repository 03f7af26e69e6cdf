//! Accounts that can't be relied on.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use domain::model::{NewUser, PageSize, PasswordHash, Privacy, User, UserId, Username};
use domain::port::{Credentials, RepositoryError, UserRepository};

use super::dawdle;

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum UserFault {
    LooksNamesUpByCase,
    MakesSeveralFirstAccounts,
    SwallowsRefusals,
    ListsTheCursorAgain,
    LosesAddresses,
    LosesPrivacy,
    ConfusesReceiptsWithPresence,
}

/// Honest accounts behind one fault.
pub struct MisbehavingUsers {
    inner: Arc<dyn UserRepository>,
    fault: UserFault,
}

impl MisbehavingUsers {
    /// Puts the fault before the honest repository.
    pub fn new(inner: Arc<dyn UserRepository>, fault: UserFault) -> Self {
        Self { inner, fault }
    }
}

#[async_trait]
impl UserRepository for MisbehavingUsers {
    async fn insert(&self, mut new: NewUser) -> Result<(), RepositoryError> {
        if self.fault == UserFault::LosesAddresses {
            new.user.email = None;
        }
        let inserted = self.inner.insert(new).await;
        if self.fault == UserFault::SwallowsRefusals { Ok(()) } else { inserted }
    }

    async fn insert_first(&self, new: NewUser) -> Result<bool, RepositoryError> {
        if self.fault != UserFault::MakesSeveralFirstAccounts {
            return self.inner.insert_first(new).await;
        }
        if self.inner.any().await? {
            return Ok(false);
        }
        dawdle().await;
        self.inner.insert(new).await.map(|()| true)
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, RepositoryError> {
        self.inner.find(id).await
    }

    async fn find_credentials(&self, username: &Username) -> Result<Option<Credentials>, RepositoryError> {
        let found = self.inner.find_credentials(username).await?;
        let exact = |found: &Credentials| found.user.username == *username;
        Ok(found.filter(|found| self.fault != UserFault::LooksNamesUpByCase || exact(found)))
    }

    async fn any(&self) -> Result<bool, RepositoryError> {
        self.inner.any().await
    }

    async fn list(&self, after: Option<Username>, size: PageSize) -> Result<Vec<User>, RepositoryError> {
        let mut listed = self.inner.list(after.clone(), size).await?;
        if let Some(after) = after.filter(|_| self.fault == UserFault::ListsTheCursorAgain)
            && let Some(credentials) = self.inner.find_credentials(&after).await?
        {
            listed.insert(0, credentials.user);
        }
        Ok(listed)
    }

    async fn set_password_hash(&self, id: UserId, hash: PasswordHash) -> Result<bool, RepositoryError> {
        self.inner.set_password_hash(id, hash).await
    }

    async fn set_privacy(&self, id: UserId, privacy: Privacy) -> Result<bool, RepositoryError> {
        let privacy = match self.fault {
            UserFault::LosesPrivacy => Privacy::default(),
            UserFault::ConfusesReceiptsWithPresence => Privacy { presence: privacy.receipts, ..privacy },
            _ => privacy,
        };
        self.inner.set_privacy(id, privacy).await
    }

    async fn set_disabled(&self, id: UserId, disabled: bool) -> Result<bool, RepositoryError> {
        self.inner.set_disabled(id, disabled).await
    }
}

impl fmt::Debug for MisbehavingUsers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MisbehavingUsers").field("fault", &self.fault).finish_non_exhaustive()
    }
}
