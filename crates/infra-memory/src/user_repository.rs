//! Accounts in memory.

use std::ops::Bound;

use async_trait::async_trait;
use domain::model::{NewUser, PageSize, PasswordHash, Privacy, User, UserId, Username};
use domain::port::{Constraint, Credentials, RepositoryError, UserRepository};

use crate::state::{State, StoredUser};
use crate::store::MemoryStore;

/// Keeps accounts in memory.
#[derive(Debug, Clone)]
pub struct MemoryUserRepository {
    store: MemoryStore,
}

impl MemoryUserRepository {
    pub(crate) const fn new(store: MemoryStore) -> Self {
        Self { store }
    }
}

fn insert(state: &mut State, new: NewUser) -> Result<(), RepositoryError> {
    let NewUser { user, password_hash } = new;
    if state.users.contains_key(&user.id) {
        return Err(RepositoryError::Conflict(Constraint::IdUnique));
    }
    let (key, skeleton) = (user.username.key(), user.username.skeleton());
    // Names that differ only in case share a skeleton, so this covers both.
    if state.users_by_skeleton.contains_key(&skeleton) || state.users_by_key.contains_key(&key) {
        return Err(RepositoryError::Conflict(Constraint::UsernameUnique));
    }
    state.users_by_key.insert(key, user.id);
    state.users_by_skeleton.insert(skeleton, user.id);
    state.users.insert(user.id, StoredUser { user, password_hash });
    Ok(())
}

#[async_trait]
impl UserRepository for MemoryUserRepository {
    async fn insert(&self, new: NewUser) -> Result<(), RepositoryError> {
        insert(&mut *self.store.lock()?, new)
    }

    async fn insert_first(&self, new: NewUser) -> Result<bool, RepositoryError> {
        let mut state = self.store.lock()?;
        if !state.users.is_empty() {
            return Ok(false);
        }
        insert(&mut state, new).map(|()| true)
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, RepositoryError> {
        Ok(self.store.lock()?.users.get(&id).map(|stored| stored.user.clone()))
    }

    async fn find_credentials(&self, username: &Username) -> Result<Option<Credentials>, RepositoryError> {
        let state = self.store.lock()?;
        let stored = state.users_by_key.get(&username.key()).and_then(|id| state.users.get(id));
        Ok(stored.map(|stored| Credentials { user: stored.user.clone(), password_hash: stored.password_hash.clone() }))
    }

    async fn any(&self) -> Result<bool, RepositoryError> {
        Ok(!self.store.lock()?.users.is_empty())
    }

    async fn list(&self, after: Option<Username>, size: PageSize) -> Result<Vec<User>, RepositoryError> {
        let state = self.store.lock()?;
        let from = after.map_or(Bound::Unbounded, |name| Bound::Excluded(name.key()));
        let ids = state.users_by_key.range((from, Bound::Unbounded)).map(|(_, id)| id);
        Ok(ids.filter_map(|id| state.users.get(id)).take(size.get()).map(|stored| stored.user.clone()).collect())
    }

    async fn set_password_hash(&self, id: UserId, hash: PasswordHash) -> Result<bool, RepositoryError> {
        let mut state = self.store.lock()?;
        let stored = state.users.get_mut(&id);
        Ok(stored.map(|stored| stored.password_hash = hash).is_some())
    }

    async fn set_privacy(&self, id: UserId, privacy: Privacy) -> Result<bool, RepositoryError> {
        let mut state = self.store.lock()?;
        let stored = state.users.get_mut(&id);
        Ok(stored.map(|stored| stored.user.privacy = privacy).is_some())
    }

    async fn set_disabled(&self, id: UserId, disabled: bool) -> Result<bool, RepositoryError> {
        let mut state = self.store.lock()?;
        let stored = state.users.get_mut(&id);
        Ok(stored.map(|stored| stored.user.disabled = disabled).is_some())
    }
}
