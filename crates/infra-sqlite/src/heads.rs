//! What the writer knows about the rooms it appends to, so that an append needn't read.

use std::collections::HashMap;

use domain::model::{RoomId, UserId};
use rusqlite::{Connection, OptionalExtension};

use crate::error::Failure;

/// The most rooms remembered; beyond, the writer forgets all and begins anew.
const MOST_ROOMS: usize = 4096;
/// The most members remembered per room, likewise.
const MOST_MEMBERS: usize = 4096;

/// A room as the writer sees it within its transaction.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) room_no: i64,
    pub(crate) archived: bool,
    pub(crate) seq: i64,
    pub(crate) rev: i64,
    /// Whether the numbers are ahead of the room's row.
    dirty: bool,
    members: HashMap<UserId, bool>,
}

/// The rooms the writer wrote to lately. It is the only writer, so what it remembers stays true as long as every write
/// that changes rooms, or whether somebody is a member, begins with [`Self::settle`], every roll-back of a transaction
/// is followed by [`Self::forget`], and a write that may still fail gives out no number.
#[derive(Debug, Default)]
pub(crate) struct Heads {
    rooms: HashMap<RoomId, Head>,
    dirty: Vec<RoomId>,
}

impl Heads {
    /// Gives a room that exists, read if it isn't known.
    pub(crate) fn room(&mut self, connection: &Connection, id: RoomId) -> Result<Option<&mut Head>, Failure> {
        if !self.rooms.contains_key(&id) {
            let Some(head) = read(connection, id)? else { return Ok(None) };
            if self.rooms.len() >= MOST_ROOMS && self.dirty.is_empty() {
                self.rooms.clear();
            }
            self.rooms.insert(id, head);
        }
        Ok(self.rooms.get_mut(&id))
    }

    /// Notes that a message was appended to that room: the last step of doing so.
    pub(crate) fn advance(&mut self, id: RoomId) {
        if let Some(head) = self.rooms.get_mut(&id) {
            head.seq += 1;
        }
        self.advance_rev(id);
    }

    /// Notes that a message of that room was changed: the last step of doing so.
    pub(crate) fn advance_rev(&mut self, id: RoomId) {
        if let Some(head) = self.rooms.get_mut(&id) {
            head.rev += 1;
            if !head.dirty {
                head.dirty = true;
                self.dirty.push(id);
            }
        }
    }

    /// Writes every number that is ahead of its row: before the commit, or before something else reads the rows.
    pub(crate) fn flush(&mut self, connection: &Connection) -> Result<(), rusqlite::Error> {
        if self.dirty.is_empty() {
            return Ok(());
        }
        let mut update =
            connection.prepare_cached("UPDATE rooms SET head_seq = ?2, head_rev = ?3 WHERE room_no = ?1")?;
        for id in self.dirty.drain(..) {
            if let Some(head) = self.rooms.get_mut(&id) {
                update.execute((head.room_no, head.seq, head.rev))?;
                head.dirty = false;
            }
        }
        Ok(())
    }

    /// Writes the numbers and forgets everything, before a write that may change rooms or memberships.
    pub(crate) fn settle(&mut self, connection: &Connection) -> Result<(), rusqlite::Error> {
        self.flush(connection)?;
        self.forget();
        Ok(())
    }

    /// Forgets everything, after a roll-back.
    pub(crate) fn forget(&mut self) {
        self.rooms.clear();
        self.dirty.clear();
    }
}

/// Tells whether the user is a member, read if it isn't known.
pub(crate) fn is_member(
    connection: &Connection,
    head: &mut Head,
    room_id: RoomId,
    user_id: UserId,
) -> Result<bool, Failure> {
    if let Some(member) = head.members.get(&user_id) {
        return Ok(*member);
    }
    let mut question = connection.prepare_cached("SELECT 1 FROM memberships WHERE room_id = ?1 AND user_id = ?2")?;
    let member = question.exists((room_id.id().to_bytes(), user_id.id().to_bytes()))?;
    if head.members.len() >= MOST_MEMBERS {
        head.members.clear();
    }
    head.members.insert(user_id, member);
    Ok(member)
}

fn read(connection: &Connection, id: RoomId) -> Result<Option<Head>, Failure> {
    let mut question = connection
        .prepare_cached("SELECT room_no, archived_at IS NOT NULL, head_seq, head_rev FROM rooms WHERE room_id = ?1")?;
    let head = question.query_row([id.id().to_bytes()], |row| {
        Ok(Head {
            room_no: row.get(0)?,
            archived: row.get(1)?,
            seq: row.get(2)?,
            rev: row.get(3)?,
            dirty: false,
            members: HashMap::new(),
        })
    });
    Ok(head.optional()?)
}
