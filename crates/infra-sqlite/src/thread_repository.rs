//! Threads on SQLite.

use async_trait::async_trait;
use domain::model::{MessageId, PageSize, RoomSeq, ThreadPage, ThreadSummary, UserId};
use domain::port::{Constraint, RepositoryError, ThreadRepository};
use rusqlite::Connection;

use crate::SqliteStore;
use crate::checksum::FOLLOWS;
use crate::error::{Failure, corrupt};
use crate::job::Touches;
use crate::store::Shared;
use crate::{place, rows, timeline};

/// Finds threads in an SQLite store and keeps who follows them.
#[derive(Debug, Clone)]
pub struct SqliteThreadRepository {
    store: SqliteStore,
}

impl SqliteThreadRepository {
    pub(crate) const fn new(store: SqliteStore) -> Self {
        Self { store }
    }

    fn shared(&self) -> &Shared {
        self.store.shared()
    }
}

/// Sums up one range of an index.
fn summary(connection: &Connection, root: MessageId, user_id: UserId) -> Result<ThreadSummary, Failure> {
    let sql = "SELECT t.replies, t.last_place, coalesce( \
                   (SELECT follows FROM follows WHERE root_id = ?1 AND user_id = ?2), \
                   t.replied OR EXISTS (SELECT 1 FROM messages WHERE message_id = ?1 AND author_id = ?2)) \
               FROM (SELECT count(*) FILTER (WHERE deleted_at IS NULL) AS replies, \
                       coalesce(max(place) FILTER (WHERE deleted_at IS NULL), 0) AS last_place, \
                       coalesce(max(author_id = ?2), 0) AS replied \
                   FROM messages INDEXED BY messages_by_thread WHERE thread_id = ?1) t";
    let key = (root.id().to_bytes(), user_id.id().to_bytes());
    let summary = rows::one(&mut *connection.prepare_cached(sql)?, key, |row| {
        Ok(ThreadSummary {
            replies: u64::try_from(row.get::<_, i64>(0)?).map_err(|_| corrupt("a negative number of replies"))?,
            last_seq: place::seq(row.get(1)?)?,
            following: row.get(2)?,
        })
    })?;
    Ok(summary.unwrap_or_default())
}

fn follow(connection: &Connection, root: MessageId, user_id: UserId, follows: bool) -> Result<(), Failure> {
    let key = (root.id().to_bytes(), user_id.id().to_bytes());
    if !timeline::exists(connection, root)?
        || !connection.prepare_cached("SELECT 1 FROM users WHERE user_id = ?1")?.exists([key.1])?
    {
        return Err(Constraint::Reference.into());
    }
    let sql = "INSERT INTO follows (root_id, user_id, follows, checksum) VALUES (?1, ?2, ?3, 0) \
               ON CONFLICT (root_id, user_id) DO UPDATE SET follows = excluded.follows";
    connection.prepare_cached(sql)?.execute((key.0, key.1, follows))?;
    FOLLOWS.seal(connection, key)
}

#[async_trait]
impl ThreadRepository for SqliteThreadRepository {
    async fn replies(&self, root: MessageId, after: RoomSeq, size: PageSize) -> Result<ThreadPage, RepositoryError> {
        self.shared().readers.read(move |connection| timeline::replies(connection, root, after, size)).await
    }

    async fn summary(&self, root: MessageId, user_id: UserId) -> Result<ThreadSummary, RepositoryError> {
        self.shared().readers.read(move |connection| summary(connection, root, user_id)).await
    }

    async fn follow(&self, root: MessageId, user_id: UserId, follows: bool) -> Result<(), RepositoryError> {
        let write = move |writing: &mut crate::job::Writing<'_>| follow(writing.connection, root, user_id, follows);
        self.shared().writer.write(Touches::Rest, write).await
    }
}
