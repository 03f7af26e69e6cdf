//! What is kept about presence on SQLite.

use async_trait::async_trait;
use domain::model::{ChosenPresence, StatusText, StoredPresence, Timestamp, UserId};
use domain::port::{PresenceRepository, RepositoryError};
use rusqlite::Connection;

use crate::SqliteStore;
use crate::checksum::PRESENCES;
use crate::error::Failure;
use crate::job::{Touches, Writing};
use crate::rows;
use crate::store::Shared;

/// Keeps presence in an SQLite store.
#[derive(Debug, Clone)]
pub struct SqlitePresenceRepository {
    store: SqliteStore,
}

impl SqlitePresenceRepository {
    pub(crate) const fn new(store: SqliteStore) -> Self {
        Self { store }
    }

    fn shared(&self) -> &Shared {
        self.store.shared()
    }
}

fn find(connection: &Connection, user_id: UserId) -> Result<Option<StoredPresence>, Failure> {
    let sql = "SELECT availability, status_text, until, last_seen_at FROM presences WHERE user_id = ?1";
    rows::one(&mut *connection.prepare_cached(sql)?, [user_id.id().to_bytes()], |row| {
        let chosen = ChosenPresence {
            availability: rows::word(row, 0)?,
            text: rows::optional_text(row, 1, StatusText::parse)?,
            until: rows::optional_time(row, 2)?,
        };
        Ok(StoredPresence { user_id, chosen, last_seen_at: rows::optional_time(row, 3)? })
    })
}

fn choose(connection: &Connection, user_id: UserId, chosen: &ChosenPresence) -> Result<bool, Failure> {
    let id = user_id.id().to_bytes();
    let sql = "INSERT INTO presences (user_id, availability, status_text, until, checksum) \
               SELECT user_id, ?2, ?3, ?4, 0 FROM users WHERE user_id = ?1 \
               ON CONFLICT (user_id) DO UPDATE SET availability = ?2, status_text = ?3, until = ?4";
    let text = chosen.text.as_ref().map(StatusText::as_str);
    let row = (id, chosen.availability.as_str(), text, chosen.until.map(Timestamp::as_millis));
    let exists = connection.prepare_cached(sql)?.execute(row)? > 0;
    if exists {
        PRESENCES.seal(connection, [id])?;
    }
    Ok(exists)
}

fn note_seen(connection: &Connection, user_id: UserId, at: Timestamp) -> Result<(), Failure> {
    let id = user_id.id().to_bytes();
    let sql = "INSERT INTO presences (user_id, availability, last_seen_at, checksum) \
               SELECT user_id, ?3, ?2, 0 FROM users WHERE user_id = ?1 \
               ON CONFLICT (user_id) DO UPDATE SET last_seen_at = ?2 \
               WHERE last_seen_at IS NULL OR last_seen_at < ?2";
    let unchosen = ChosenPresence::default().availability.as_str();
    if connection.prepare_cached(sql)?.execute((id, at.as_millis(), unchosen))? > 0 {
        PRESENCES.seal(connection, [id])?;
    }
    Ok(())
}

#[async_trait]
impl PresenceRepository for SqlitePresenceRepository {
    async fn find(&self, user_ids: &[UserId]) -> Result<Vec<StoredPresence>, RepositoryError> {
        let mut user_ids = user_ids.to_vec();
        user_ids.sort_unstable();
        user_ids.dedup();
        let read = move |connection: &Connection| {
            user_ids.into_iter().filter_map(|user_id| find(connection, user_id).transpose()).collect()
        };
        self.shared().readers.read(read).await
    }

    async fn choose(&self, user_id: UserId, chosen: ChosenPresence) -> Result<bool, RepositoryError> {
        let write = move |writing: &mut Writing<'_>| choose(writing.connection, user_id, &chosen);
        self.shared().writer.write(Touches::Rest, write).await
    }

    async fn note_seen(&self, seen: &[(UserId, Timestamp)]) -> Result<(), RepositoryError> {
        let seen = seen.to_vec();
        let write = move |writing: &mut Writing<'_>| {
            seen.into_iter().try_for_each(|(user_id, at)| note_seen(writing.connection, user_id, at))
        };
        self.shared().writer.write(Touches::Rest, write).await
    }
}
