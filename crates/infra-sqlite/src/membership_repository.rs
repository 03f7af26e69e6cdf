//! Memberships on SQLite.

use async_trait::async_trait;
use domain::model::{Member, Membership, PageSize, Role, RoomId, Timestamp, UserId, Username};
use domain::port::{Constraint, Joined, MembershipRepository, RepositoryError};
use rusqlite::Connection;

use crate::SqliteStore;
use crate::accesses::Changed;
use crate::checksum::MEMBERSHIPS;
use crate::error::Failure;
use crate::job::{Touches, Writing};
use crate::rows;
use crate::store::Shared;

/// Keeps memberships in an SQLite store.
#[derive(Debug, Clone)]
pub struct SqliteMembershipRepository {
    store: SqliteStore,
}

impl SqliteMembershipRepository {
    pub(crate) const fn new(store: SqliteStore) -> Self {
        Self { store }
    }

    fn shared(&self) -> &Shared {
        self.store.shared()
    }
}

/// A membership to be stored.
pub(crate) struct NewMembership {
    pub(crate) room_id: [u8; 12],
    pub(crate) user_id: [u8; 12],
    pub(crate) role: Role,
    pub(crate) joined_at: Timestamp,
}

/// Adds a membership that isn't there, in a room and of a user that are, and counts it.
pub(crate) fn insert_membership(connection: &Connection, new: &NewMembership) -> Result<(), Failure> {
    // Nothing that was said before is unread.
    let sql = "INSERT INTO memberships (room_id, user_id, role, joined_at, read_seq, checksum) \
               SELECT room_id, ?2, ?3, ?4, head_seq, 0 FROM rooms WHERE room_id = ?1";
    let row = (new.room_id, new.user_id, new.role.as_str(), new.joined_at.as_millis());
    connection.prepare_cached(sql)?.execute(row)?;
    MEMBERSHIPS.seal(connection, (new.room_id, new.user_id))?;
    count(connection, new.room_id, 1)
}

fn count(connection: &Connection, room_id: [u8; 12], more: i64) -> Result<(), Failure> {
    let sql = "UPDATE rooms SET member_count = member_count + ?2 WHERE room_id = ?1";
    connection.prepare_cached(sql)?.execute((room_id, more))?;
    Ok(())
}

fn join(writing: &mut Writing<'_>, new: Membership) -> Result<Joined, Failure> {
    let connection = writing.connection;
    let (room_id, user_id) = (new.room_id.id().to_bytes(), new.user_id.id().to_bytes());
    let sql = "SELECT role, joined_at FROM memberships WHERE room_id = ?1 AND user_id = ?2";
    let earlier = rows::one(&mut *connection.prepare_cached(sql)?, (room_id, user_id), |row| {
        Ok(Membership { role: rows::word(row, 0)?, joined_at: rows::time(row, 1)?, ..new.clone() })
    })?;
    if let Some(membership) = earlier {
        return Ok(Joined { membership, new: false });
    }
    let sql = "SELECT 1 FROM rooms, users WHERE room_id = ?1 AND user_id = ?2";
    if !connection.prepare_cached(sql)?.exists((room_id, user_id))? {
        return Err(Constraint::Reference.into());
    }
    writing.changes(Changed::Place(new.room_id, new.user_id));
    let row = NewMembership { room_id, user_id, role: new.role, joined_at: new.joined_at };
    insert_membership(connection, &row)?;
    Ok(Joined { membership: new, new: true })
}

fn leave(writing: &mut Writing<'_>, room_id: RoomId, user_id: UserId) -> Result<bool, Failure> {
    writing.changes(Changed::Place(room_id, user_id));
    let key = (room_id.id().to_bytes(), user_id.id().to_bytes());
    let sql = "DELETE FROM memberships WHERE room_id = ?1 AND user_id = ?2";
    let left = writing.connection.prepare_cached(sql)?.execute(key)? > 0;
    if left {
        count(writing.connection, key.0, -1)?;
    }
    Ok(left)
}

/// Finds which of these names belong to members, by user id ascending.
fn find_named(connection: &Connection, room_id: RoomId, keys: &[String]) -> Result<Vec<UserId>, Failure> {
    let sql = "SELECT u.user_id FROM users u JOIN memberships m ON m.user_id = u.user_id AND m.room_id = ?1 \
               WHERE u.name_key = ?2";
    let mut question = connection.prepare_cached(sql)?;
    let mut found = Vec::new();
    for key in keys {
        let member = rows::one(&mut question, (room_id.id().to_bytes(), key), |row| Ok(UserId::new(rows::id(row, 0)?)));
        found.extend(member?);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

#[async_trait]
impl MembershipRepository for SqliteMembershipRepository {
    async fn join(&self, membership: Membership) -> Result<Joined, RepositoryError> {
        self.shared().writer.write(Touches::Rooms, move |writing| join(writing, membership)).await
    }

    async fn leave(&self, room_id: RoomId, user_id: UserId) -> Result<bool, RepositoryError> {
        self.shared().writer.write(Touches::Rooms, move |writing| leave(writing, room_id, user_id)).await
    }

    async fn find_named(&self, room_id: RoomId, names: &[Username]) -> Result<Vec<UserId>, RepositoryError> {
        let keys: Vec<String> = names.iter().map(Username::key).collect();
        self.shared().readers.read(move |connection| find_named(connection, room_id, &keys)).await
    }

    async fn list(
        &self,
        room_id: RoomId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Vec<Member>, RepositoryError> {
        let sql = "SELECT u.user_id, u.username, m.role, m.joined_at \
                   FROM memberships m JOIN users u ON u.user_id = m.user_id \
                   WHERE m.room_id = ?1 AND m.user_id > ?2 ORDER BY m.user_id LIMIT ?3";
        // The empty BLOB lies before every id.
        let after = after.map_or_else(Vec::new, |id| id.id().to_bytes().to_vec());
        let read = move |connection: &Connection| {
            let params = (room_id.id().to_bytes(), after, rows::limit(size));
            rows::all(&mut *connection.prepare_cached(sql)?, params, |row| {
                Ok(Member {
                    user_id: UserId::new(rows::id(row, 0)?),
                    username: rows::text(row, 1, Username::parse)?,
                    role: rows::word(row, 2)?,
                    joined_at: rows::time(row, 3)?,
                })
            })
        };
        self.shared().readers.read(read).await
    }
}
