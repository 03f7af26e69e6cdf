//! Rows as the domain's values. What doesn't fit was not written by us: `Corrupt`.

use std::str::FromStr;

use domain::model::{
    Device, EditWindow, EmailAddress, Id, InvalidValue, Membership, PageSize, Privacy, Room, RoomAccess, RoomHead,
    RoomId, RoomName, RoomOverview, RoomRev, RoomSeq, Session, SessionId, Timestamp, Topic, User, UserId, Username,
};
use rusqlite::types::FromSql;
use rusqlite::{Params, Row, Statement};

use crate::error::{Failure, corrupt};
use crate::read_state::read_state;

/// The columns [`user`] reads from the table `u`, in its order.
pub(crate) const USER_COLUMNS: &str = "u.user_id, u.username, u.email, u.is_admin, u.disabled, u.created_at, \
                                       u.shows_typing, u.shows_receipts, u.shows_presence";
/// How many columns [`USER_COLUMNS`] are.
pub(crate) const USER_WIDTH: usize = 9;
/// The columns [`session`] reads from the table `s`, in its order.
pub(crate) const SESSION_COLUMNS: &str =
    "s.session_id, s.user_id, s.created_at, s.refreshed_at, s.expires_at, s.device";
/// The columns [`room`] reads from the rooms `r`, in its order.
pub(crate) const ROOM_COLUMNS: &str = "r.room_id, r.name, r.kind, r.topic, r.created_at, r.archived_at, r.edit_window";
/// The columns after [`ROOM_COLUMNS`] that [`access`] reads from the looker's memberships `m`.
pub(crate) const MEMBERSHIP_COLUMNS: &str = "m.role, m.joined_at";
/// The columns after those that [`overview`] reads, before [`crate::read_state::READ_STATE_COLUMNS`].
pub(crate) const HEAD_COLUMNS: &str = "r.head_seq, r.head_rev, r.member_count";

/// Asks for every row.
pub(crate) fn all<T>(
    statement: &mut Statement<'_>,
    params: impl Params,
    mut read: impl FnMut(&Row<'_>) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    let mut rows = statement.query(params)?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(read(row)?);
    }
    Ok(items)
}

/// Asks for the one row there may be.
pub(crate) fn one<T>(
    statement: &mut Statement<'_>,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> Result<T, Failure>,
) -> Result<Option<T>, Failure> {
    let mut rows = statement.query(params)?;
    rows.next()?.map(read).transpose()
}

pub(crate) fn user(row: &Row<'_>, from: usize) -> Result<User, Failure> {
    Ok(User {
        id: UserId::new(id(row, from)?),
        username: text(row, from + 1, Username::parse)?,
        email: optional_text(row, from + 2, EmailAddress::parse)?,
        is_admin: row.get(from + 3)?,
        disabled: row.get(from + 4)?,
        created_at: time(row, from + 5)?,
        privacy: Privacy { typing: row.get(from + 6)?, receipts: row.get(from + 7)?, presence: row.get(from + 8)? },
    })
}

pub(crate) fn session(row: &Row<'_>, from: usize) -> Result<Session, Failure> {
    Ok(Session {
        id: SessionId::new(id(row, from)?),
        user_id: UserId::new(id(row, from + 1)?),
        created_at: time(row, from + 2)?,
        refreshed_at: time(row, from + 3)?,
        expires_at: time(row, from + 4)?,
        device: Device::describe(row.get_ref(from + 5)?.as_str().map_err(rusqlite::Error::from)?),
    })
}

/// Reads a room as that user sees it in lists.
pub(crate) fn overview(row: &Row<'_>, user_id: UserId) -> Result<RoomOverview, Failure> {
    Ok(RoomOverview {
        access: access(row, user_id)?,
        head: head(row, 9)?,
        member_count: count(row, 11)?,
        read_state: read_state(row, 12)?,
    })
}

/// Reads a room and that user's place in it, which is NULL if they aren't a member.
pub(crate) fn access(row: &Row<'_>, user_id: UserId) -> Result<RoomAccess, Failure> {
    let room = room(row)?;
    let membership = match (row.get::<_, Option<String>>(7)?, optional_time(row, 8)?) {
        (Some(role), Some(joined_at)) => Some(Membership { room_id: room.id, user_id, role: role.parse()?, joined_at }),
        _ => None,
    };
    Ok(RoomAccess { room, membership })
}

/// Reads a room from [`ROOM_COLUMNS`].
pub(crate) fn room(row: &Row<'_>) -> Result<Room, Failure> {
    Ok(Room {
        id: RoomId::new(id(row, 0)?),
        name: optional_text(row, 1, RoomName::parse)?,
        kind: word(row, 2)?,
        topic: text(row, 3, Topic::parse)?,
        created_at: time(row, 4)?,
        archived_at: optional_time(row, 5)?,
        edit_window: optional::<u32>(row, 6)?.map(|seconds| EditWindow::from_seconds(seconds.into())).transpose()?,
    })
}

/// Reads the last numbers of a room from two columns.
pub(crate) fn head(row: &Row<'_>, from: usize) -> Result<RoomHead, Failure> {
    let numbers = RoomSeq::from_i64(row.get(from)?).zip(RoomRev::from_i64(row.get(from + 1)?));
    let (seq, rev) = numbers.ok_or_else(|| corrupt("a negative head"))?;
    Ok(RoomHead { seq, rev })
}

/// Reads an identifier.
pub(crate) fn id(row: &Row<'_>, index: usize) -> Result<Id, Failure> {
    Ok(Id::from_bytes(row.get(index)?))
}

/// Reads a time.
pub(crate) fn time(row: &Row<'_>, index: usize) -> Result<Timestamp, Failure> {
    Ok(Timestamp::from_millis(row.get(index)?))
}

/// Reads a text through the parser of its type.
pub(crate) fn text<T>(
    row: &Row<'_>,
    index: usize,
    parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
) -> Result<T, Failure> {
    Ok(parse(row.get_ref(index)?.as_str().map_err(rusqlite::Error::from)?)?)
}

/// Reads one of the words of an enumeration.
pub(crate) fn word<T: FromStr<Err = InvalidValue>>(row: &Row<'_>, index: usize) -> Result<T, Failure> {
    text(row, index, str::parse)
}

/// Reads a text that may be NULL through the parser of its type.
pub(crate) fn optional_text<T>(
    row: &Row<'_>,
    index: usize,
    parse: impl FnOnce(&str) -> Result<T, InvalidValue>,
) -> Result<Option<T>, Failure> {
    let stored = row.get_ref(index)?.as_str_or_null().map_err(rusqlite::Error::from)?;
    Ok(stored.map(parse).transpose()?)
}

fn optional<T: FromSql>(row: &Row<'_>, index: usize) -> Result<Option<T>, Failure> {
    Ok(row.get(index)?)
}

/// Reads a time that may be NULL.
pub(crate) fn optional_time(row: &Row<'_>, index: usize) -> Result<Option<Timestamp>, Failure> {
    Ok(optional(row, index)?.map(Timestamp::from_millis))
}

/// Reads an identifier that may be NULL.
pub(crate) fn optional_id(row: &Row<'_>, index: usize) -> Result<Option<Id>, Failure> {
    Ok(optional(row, index)?.map(Id::from_bytes))
}

fn count(row: &Row<'_>, index: usize) -> Result<u64, Failure> {
    u64::try_from(row.get::<_, i64>(index)?).map_err(|_| corrupt("a negative number of members"))
}

/// Gives a page size as `LIMIT` takes it.
pub(crate) fn limit(size: PageSize) -> i64 {
    i64::try_from(size.get()).unwrap_or(i64::MAX)
}
