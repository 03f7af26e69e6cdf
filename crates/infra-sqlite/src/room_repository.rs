//! Rooms on SQLite.

use async_trait::async_trait;
use domain::model::{
    EditWindow, NewRoom, PageSize, Role, Room, RoomAccess, RoomId, RoomName, RoomOverview, RoomRef, UserId,
};
use domain::port::{Constraint, RepositoryError, RoomRepository};
use rusqlite::Connection;
use rusqlite::types::Value;

use crate::SqliteStore;
use crate::accesses::Changed;
use crate::checksum::ROOMS;
use crate::error::Failure;
use crate::job::{Touches, Writing};
use crate::membership_repository::{NewMembership, insert_membership};
use crate::read_state::READ_STATE_COLUMNS;
use crate::rows::{self, HEAD_COLUMNS, MEMBERSHIP_COLUMNS, ROOM_COLUMNS};
use crate::store::Shared;

/// Rooms `r` with the memberships `m` of the user `?1`.
const FROM: &str = "FROM rooms r LEFT JOIN memberships m ON m.room_id = r.room_id AND m.user_id = ?1";

/// Keeps rooms in an SQLite store.
#[derive(Debug, Clone)]
pub struct SqliteRoomRepository {
    store: SqliteStore,
}

impl SqliteRoomRepository {
    pub(crate) const fn new(store: SqliteStore) -> Self {
        Self { store }
    }

    fn shared(&self) -> &Shared {
        self.store.shared()
    }
}

fn insert(connection: &Connection, new: &NewRoom) -> Result<(), Failure> {
    let NewRoom { room, owner } = new;
    let (id, owner_id) = (room.id.id().to_bytes(), owner.id().to_bytes());
    let name = room.name.as_ref().map(RoomName::as_str);
    if connection.prepare_cached("SELECT 1 FROM rooms WHERE room_id = ?1")?.exists([id])? {
        return Err(Constraint::IdUnique.into());
    }
    // A room without a name has NULL, which equals nothing.
    if connection.prepare_cached("SELECT 1 FROM rooms WHERE name = ?1")?.exists([name])? {
        return Err(Constraint::RoomNameUnique.into());
    }
    if !connection.prepare_cached("SELECT 1 FROM users WHERE user_id = ?1")?.exists([owner_id])? {
        return Err(Constraint::Reference.into());
    }
    let sql = "INSERT INTO rooms (room_id, name, kind, topic, created_at, archived_at, edit_window, checksum) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)";
    connection.prepare_cached(sql)?.execute((
        id,
        name,
        room.kind.as_str(),
        room.topic.as_str(),
        room.created_at.as_millis(),
        room.archived_at.map(domain::model::Timestamp::as_millis),
        room.edit_window.map(EditWindow::seconds),
    ))?;
    ROOMS.seal(connection, [id])?;
    let first = NewMembership { room_id: id, user_id: owner_id, role: Role::Owner, joined_at: room.created_at };
    insert_membership(connection, &first)
}

/// Gives the column that a reference to a room is looked up by, and its value.
fn key(room: &RoomRef) -> (&'static str, Value) {
    match room {
        RoomRef::Id(id) => ("room_id", Value::Blob(id.id().to_bytes().to_vec())),
        RoomRef::Name(name) => ("name", Value::Text(name.as_str().to_owned())),
    }
}

fn set_edit_window(writing: &mut Writing<'_>, room_id: RoomId, window: Option<EditWindow>) -> Result<bool, Failure> {
    let id = room_id.id().to_bytes();
    let sql = "UPDATE rooms SET edit_window = ?2 WHERE room_id = ?1";
    let exists = writing.connection.prepare_cached(sql)?.execute((id, window.map(EditWindow::seconds)))? > 0;
    if exists {
        ROOMS.seal(writing.connection, [id])?;
        writing.changes(Changed::Room(room_id));
    }
    Ok(exists)
}

/// The columns [`rows::overview`] reads.
fn overview_columns() -> String {
    format!("{ROOM_COLUMNS}, {MEMBERSHIP_COLUMNS}, {HEAD_COLUMNS}, {READ_STATE_COLUMNS}")
}

#[async_trait]
impl RoomRepository for SqliteRoomRepository {
    async fn insert(&self, new: NewRoom) -> Result<(), RepositoryError> {
        self.shared().writer.write(Touches::Rooms, move |writing| insert(writing.connection, &new)).await
    }

    async fn find(&self, room: &RoomRef) -> Result<Option<Room>, RepositoryError> {
        let (column, value) = key(room);
        let sql = format!("SELECT {ROOM_COLUMNS} FROM rooms r WHERE r.{column} = ?1");
        let read =
            move |connection: &Connection| rows::one(&mut *connection.prepare_cached(&sql)?, [value], rows::room);
        self.shared().readers.read(read).await
    }

    async fn access(&self, room: &RoomRef, user_id: UserId) -> Result<Option<RoomAccess>, RepositoryError> {
        let generation = match self.shared().accesses.find(room, user_id) {
            Ok(access) => return Ok(Some(access)),
            Err(generation) => generation,
        };
        let (column, value) = key(room);
        let sql = format!("SELECT {ROOM_COLUMNS}, {MEMBERSHIP_COLUMNS} {FROM} WHERE r.{column} = ?2");
        let read = move |connection: &Connection| {
            let params = (user_id.id().to_bytes(), value);
            rows::one(&mut *connection.prepare_cached(&sql)?, params, |row| rows::access(row, user_id))
        };
        let access = self.shared().readers.read(read).await?;
        if let Some(access) = &access {
            self.shared().accesses.remember(user_id, access, generation);
        }
        Ok(access)
    }

    async fn overview(&self, room: &RoomRef, user_id: UserId) -> Result<Option<RoomOverview>, RepositoryError> {
        let (column, value) = key(room);
        let sql = format!("SELECT {} {FROM} WHERE r.{column} = ?2", overview_columns());
        let read = move |connection: &Connection| {
            let params = (user_id.id().to_bytes(), value);
            rows::one(&mut *connection.prepare_cached(&sql)?, params, |row| rows::overview(row, user_id))
        };
        self.shared().readers.read(read).await
    }

    async fn set_edit_window(&self, room_id: RoomId, window: Option<EditWindow>) -> Result<bool, RepositoryError> {
        let write = move |writing: &mut Writing<'_>| set_edit_window(writing, room_id, window);
        self.shared().writer.write(Touches::Rooms, write).await
    }

    async fn list_of(
        &self,
        user_id: UserId,
        after: Option<RoomId>,
        size: PageSize,
    ) -> Result<Vec<RoomOverview>, RepositoryError> {
        let sql = format!(
            "SELECT {} FROM memberships m JOIN rooms r ON r.room_id = m.room_id \
             WHERE m.user_id = ?1 AND m.room_id > ?2 ORDER BY m.room_id LIMIT ?3",
            overview_columns()
        );
        // The empty BLOB lies before every id.
        let after = after.map_or_else(Vec::new, |id| id.id().to_bytes().to_vec());
        let read = move |connection: &Connection| {
            let params = (user_id.id().to_bytes(), after, rows::limit(size));
            rows::all(&mut *connection.prepare_cached(&sql)?, params, |row| rows::overview(row, user_id))
        };
        self.shared().readers.read(read).await
    }

    async fn directory(
        &self,
        user_id: UserId,
        query: &str,
        after: Option<RoomName>,
        size: PageSize,
    ) -> Result<Vec<RoomOverview>, RepositoryError> {
        // Names are lower case by construction; `instr` takes the query literally, and text compares by bytes,
        // which for UTF-8 is the order of code points.
        let sql = format!(
            "SELECT {} {FROM} WHERE r.name > ?2 AND instr(r.name, ?3) > 0 \
             AND r.kind IN ('public', 'announce') AND r.archived_at IS NULL ORDER BY r.name LIMIT ?4",
            overview_columns()
        );
        let query = query.to_lowercase();
        let after = after.map(|name| name.as_str().to_owned()).unwrap_or_default();
        let read = move |connection: &Connection| {
            let params = (user_id.id().to_bytes(), after, query, rows::limit(size));
            rows::all(&mut *connection.prepare_cached(&sql)?, params, |row| rows::overview(row, user_id))
        };
        self.shared().readers.read(read).await
    }
}
