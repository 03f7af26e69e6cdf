//! Accounts on SQLite.

use async_trait::async_trait;
use domain::model::{NewUser, PageSize, PasswordHash, Privacy, User, UserId, Username};
use domain::port::{Constraint, Credentials, RepositoryError, UserRepository};
use rusqlite::{Connection, Params};

use crate::SqliteStore;
use crate::checksum::USERS;
use crate::error::Failure;
use crate::job::{Touches, Writing};
use crate::rows::{self, USER_COLUMNS, USER_WIDTH};
use crate::store::Shared;

/// Keeps accounts in an SQLite store.
#[derive(Debug, Clone)]
pub struct SqliteUserRepository {
    store: SqliteStore,
}

impl SqliteUserRepository {
    pub(crate) const fn new(store: SqliteStore) -> Self {
        Self { store }
    }

    fn shared(&self) -> &Shared {
        self.store.shared()
    }
}

fn insert(connection: &Connection, new: &NewUser) -> Result<(), Failure> {
    let NewUser { user, password_hash } = new;
    let id = user.id.id().to_bytes();
    let (key, skeleton) = (user.username.key(), user.username.skeleton());
    if connection.prepare_cached("SELECT 1 FROM users WHERE user_id = ?1")?.exists([id])? {
        return Err(Constraint::IdUnique.into());
    }
    let taken = "SELECT 1 FROM users WHERE name_skeleton = ?1 OR name_key = ?2";
    if connection.prepare_cached(taken)?.exists([&skeleton, &key])? {
        return Err(Constraint::UsernameUnique.into());
    }
    let sql = "INSERT INTO users (user_id, username, name_key, name_skeleton, email, is_admin, disabled, created_at, \
               password_hash, shows_typing, shows_receipts, shows_presence, checksum) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0)";
    connection.prepare_cached(sql)?.execute((
        id,
        user.username.as_str(),
        key,
        skeleton,
        user.email.as_ref().map(domain::model::EmailAddress::as_str),
        user.is_admin,
        user.disabled,
        user.created_at.as_millis(),
        password_hash.as_str(),
        user.privacy.typing,
        user.privacy.receipts,
        user.privacy.presence,
    ))?;
    USERS.seal(connection, [id])
}

/// Changes an account by a statement whose `?1` is its id; answers whether it exists.
fn update(connection: &Connection, id: UserId, sql: &str, params: impl Params) -> Result<bool, Failure> {
    let exists = connection.prepare_cached(sql)?.execute(params)? > 0;
    if exists {
        USERS.seal(connection, [id.id().to_bytes()])?;
    }
    Ok(exists)
}

fn any(connection: &Connection) -> Result<bool, Failure> {
    Ok(connection.prepare_cached("SELECT 1 FROM users LIMIT 1")?.exists([])?)
}

#[async_trait]
impl UserRepository for SqliteUserRepository {
    async fn insert(&self, new: NewUser) -> Result<(), RepositoryError> {
        self.shared().writer.write(Touches::Rest, move |writing| insert(writing.connection, &new)).await
    }

    async fn insert_first(&self, new: NewUser) -> Result<bool, RepositoryError> {
        let write = move |writing: &mut Writing<'_>| {
            if any(writing.connection)? {
                return Ok(false);
            }
            insert(writing.connection, &new).map(|()| true)
        };
        self.shared().writer.write(Touches::Rest, write).await
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, RepositoryError> {
        let sql = format!("SELECT {USER_COLUMNS} FROM users u WHERE u.user_id = ?1");
        let read = move |connection: &Connection| {
            rows::one(&mut *connection.prepare_cached(&sql)?, [id.id().to_bytes()], |row| rows::user(row, 0))
        };
        self.shared().readers.read(read).await
    }

    async fn find_credentials(&self, username: &Username) -> Result<Option<Credentials>, RepositoryError> {
        let key = username.key();
        let sql = format!("SELECT {USER_COLUMNS}, u.password_hash FROM users u WHERE u.name_key = ?1");
        let read = move |connection: &Connection| {
            rows::one(&mut *connection.prepare_cached(&sql)?, [key], |row| {
                let password_hash = PasswordHash::new(row.get::<_, String>(USER_WIDTH)?);
                Ok(Credentials { user: rows::user(row, 0)?, password_hash })
            })
        };
        self.shared().readers.read(read).await
    }

    async fn any(&self) -> Result<bool, RepositoryError> {
        self.shared().readers.read(any).await
    }

    async fn list(&self, after: Option<Username>, size: PageSize) -> Result<Vec<User>, RepositoryError> {
        let sql = format!("SELECT {USER_COLUMNS} FROM users u WHERE u.name_key > ?1 ORDER BY u.name_key LIMIT ?2");
        // No name is empty, so nothing lies before the empty one.
        let after = after.map(|name| name.key()).unwrap_or_default();
        let read = move |connection: &Connection| {
            rows::all(&mut *connection.prepare_cached(&sql)?, (after, rows::limit(size)), |row| rows::user(row, 0))
        };
        self.shared().readers.read(read).await
    }

    async fn set_password_hash(&self, id: UserId, hash: PasswordHash) -> Result<bool, RepositoryError> {
        let write = move |writing: &mut Writing<'_>| {
            let sql = "UPDATE users SET password_hash = ?2 WHERE user_id = ?1";
            update(writing.connection, id, sql, (id.id().to_bytes(), hash.as_str()))
        };
        self.shared().writer.write(Touches::Rest, write).await
    }

    async fn set_privacy(&self, id: UserId, privacy: Privacy) -> Result<bool, RepositoryError> {
        let write = move |writing: &mut Writing<'_>| {
            let sql = "UPDATE users SET shows_typing = ?2, shows_receipts = ?3, shows_presence = ?4 WHERE user_id = ?1";
            let params = (id.id().to_bytes(), privacy.typing, privacy.receipts, privacy.presence);
            update(writing.connection, id, sql, params)
        };
        self.shared().writer.write(Touches::Rest, write).await
    }

    async fn set_disabled(&self, id: UserId, disabled: bool) -> Result<bool, RepositoryError> {
        let write = move |writing: &mut Writing<'_>| {
            let sql = "UPDATE users SET disabled = ?2 WHERE user_id = ?1";
            update(writing.connection, id, sql, (id.id().to_bytes(), disabled))
        };
        self.shared().writer.write(Touches::Rest, write).await
    }
}
