//! Log-ins on SQLite.

use async_trait::async_trait;
use domain::model::{NewSession, Session, SessionId, SessionUser, TokenDigest, UserId};
use domain::port::{Constraint, RepositoryError, Rotation, RotationRequest, SessionRepository};
use rusqlite::Connection;

use crate::SqliteStore;
use crate::checksum::{SESSION_DIGESTS, SESSIONS};
use crate::error::{Failure, corrupt};
use crate::job::{Touches, Writing};
use crate::rows::{self, SESSION_COLUMNS, USER_COLUMNS, USER_WIDTH};
use crate::store::Shared;

/// Keeps sessions in an SQLite store. An ended one is deleted, with every digest it had.
#[derive(Debug, Clone)]
pub struct SqliteSessionRepository {
    store: SqliteStore,
}

impl SqliteSessionRepository {
    pub(crate) const fn new(store: SqliteStore) -> Self {
        Self { store }
    }

    fn shared(&self) -> &Shared {
        self.store.shared()
    }
}

fn insert(connection: &Connection, new: &NewSession) -> Result<(), Failure> {
    let NewSession { session, refresh_digest } = new;
    let (id, user_id) = (session.id.id().to_bytes(), session.user_id.id().to_bytes());
    if connection.prepare_cached("SELECT 1 FROM sessions WHERE session_id = ?1")?.exists([id])? {
        return Err(Constraint::IdUnique.into());
    }
    if !connection.prepare_cached("SELECT 1 FROM users WHERE user_id = ?1")?.exists([user_id])? {
        return Err(Constraint::Reference.into());
    }
    let sql = "INSERT INTO sessions (session_id, user_id, created_at, refreshed_at, expires_at, device, \
               current_digest, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)";
    connection.prepare_cached(sql)?.execute((
        id,
        user_id,
        session.created_at.as_millis(),
        session.refreshed_at.as_millis(),
        session.expires_at.as_millis(),
        session.device.as_str(),
        refresh_digest.as_bytes(),
    ))?;
    SESSIONS.seal(connection, [id])?;
    insert_digest(connection, session.id, refresh_digest)
}

/// A digest names one session. One that comes again, which takes a broken source of randomness, names the newest.
fn insert_digest(connection: &Connection, id: SessionId, digest: &TokenDigest) -> Result<(), Failure> {
    let sql = "INSERT INTO session_digests (digest, session_id, checksum) VALUES (?1, ?2, 0) \
               ON CONFLICT (digest) DO UPDATE SET session_id = excluded.session_id";
    connection.prepare_cached(sql)?.execute((digest.as_bytes(), id.id().to_bytes()))?;
    SESSION_DIGESTS.seal(connection, [digest.as_bytes()])
}

fn find(connection: &Connection, id: SessionId) -> Result<Option<SessionUser>, Failure> {
    let sql = format!(
        "SELECT {USER_COLUMNS}, {SESSION_COLUMNS} FROM sessions s JOIN users u ON u.user_id = s.user_id \
         WHERE s.session_id = ?1"
    );
    rows::one(&mut *connection.prepare_cached(&sql)?, [id.id().to_bytes()], |row| {
        Ok(SessionUser { user: rows::user(row, 0)?, session: rows::session(row, USER_WIDTH)? })
    })
}

fn end(connection: &Connection, id: SessionId) -> Result<bool, Failure> {
    let sql = "DELETE FROM sessions WHERE session_id = ?1";
    Ok(connection.prepare_cached(sql)?.execute([id.id().to_bytes()])? > 0)
}

fn rotate(connection: &Connection, request: &RotationRequest) -> Result<Rotation, Failure> {
    let sql = "SELECT s.session_id, s.current_digest = ?1 FROM session_digests d \
               JOIN sessions s ON s.session_id = d.session_id WHERE d.digest = ?1 AND s.expires_at > ?2";
    let key = (request.presented.as_bytes(), request.now.as_millis());
    let presented = rows::one(&mut *connection.prepare_cached(sql)?, key, |row| {
        Ok((SessionId::new(rows::id(row, 0)?), row.get::<_, bool>(1)?))
    })?;
    let Some((id, current)) = presented else { return Ok(Rotation::Unknown) };
    let gone = || corrupt("a session without its user");
    if !current {
        let ended = find(connection, id)?.ok_or_else(gone)?;
        end(connection, id)?;
        return Ok(Rotation::Reused(ended.session));
    }
    let sql = "UPDATE sessions SET current_digest = ?2, refreshed_at = ?3, expires_at = ?4 WHERE session_id = ?1";
    connection.prepare_cached(sql)?.execute((
        id.id().to_bytes(),
        request.successor.as_bytes(),
        request.now.as_millis(),
        request.expires_at.as_millis(),
    ))?;
    SESSIONS.seal(connection, [id.id().to_bytes()])?;
    insert_digest(connection, id, &request.successor)?;
    Ok(Rotation::Rotated(find(connection, id)?.ok_or_else(gone)?))
}

#[async_trait]
impl SessionRepository for SqliteSessionRepository {
    async fn insert(&self, new: NewSession) -> Result<(), RepositoryError> {
        self.shared().writer.write(Touches::Rest, move |writing| insert(writing.connection, &new)).await
    }

    async fn find(&self, id: SessionId) -> Result<Option<SessionUser>, RepositoryError> {
        self.shared().readers.read(move |connection| find(connection, id)).await
    }

    async fn list(&self, user_id: UserId) -> Result<Vec<Session>, RepositoryError> {
        let sql = format!(
            "SELECT {SESSION_COLUMNS} FROM sessions s WHERE s.user_id = ?1 \
             ORDER BY s.created_at DESC, s.session_id DESC"
        );
        let read = move |connection: &Connection| {
            let user_id = [user_id.id().to_bytes()];
            rows::all(&mut *connection.prepare_cached(&sql)?, user_id, |row| rows::session(row, 0))
        };
        self.shared().readers.read(read).await
    }

    async fn rotate(&self, request: RotationRequest) -> Result<Rotation, RepositoryError> {
        self.shared().writer.write(Touches::Rest, move |writing| rotate(writing.connection, &request)).await
    }

    async fn revoke(&self, user_id: UserId, id: SessionId) -> Result<bool, RepositoryError> {
        let write = move |writing: &mut Writing<'_>| {
            let theirs = find(writing.connection, id)?.is_some_and(|live| live.user.id == user_id);
            Ok(theirs && end(writing.connection, id)?)
        };
        self.shared().writer.write(Touches::Rest, write).await
    }

    async fn revoke_all(&self, user_id: UserId, except: Option<SessionId>) -> Result<u64, RepositoryError> {
        let write = move |writing: &mut Writing<'_>| {
            let sql = "DELETE FROM sessions WHERE user_id = ?1 AND session_id IS NOT ?2";
            let except = except.map(|id| id.id().to_bytes());
            let ended = writing.connection.prepare_cached(sql)?.execute((user_id.id().to_bytes(), except))?;
            Ok(u64::try_from(ended).unwrap_or(u64::MAX))
        };
        self.shared().writer.write(Touches::Rest, write).await
    }
}
