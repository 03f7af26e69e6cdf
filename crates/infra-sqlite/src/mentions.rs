//! Whom messages call: the column of a message, and the table that counts.

use domain::model::{Id, Mentions, Message, MessageKind, UserId};
use rusqlite::Connection;

use crate::error::{Failure, corrupt};

const ROOM: u8 = 1;
const HERE: u8 = 2;
/// The target that stands for everybody; it lies before every id.
const EVERYBODY: &[u8] = &[];

/// Gives the column of a message; nothing if nobody is called.
pub(crate) fn encode(mentions: &Mentions) -> Option<Vec<u8>> {
    if mentions.is_empty() {
        return None;
    }
    let flags = u8::from(mentions.room) * ROOM + u8::from(mentions.here) * HERE;
    let ids = mentions.users.iter().flat_map(|user| user.id().to_bytes());
    Some(std::iter::once(flags).chain(ids).collect())
}

/// Reads the column of a message.
pub(crate) fn decode(column: Option<&[u8]>) -> Result<Mentions, Failure> {
    let Some(column) = column else { return Ok(Mentions::default()) };
    let unreadable = || corrupt("mentions that can't be read");
    let (flags, ids) = column.split_first().filter(|(flags, _)| **flags <= ROOM + HERE).ok_or_else(unreadable)?;
    let (ids, rest) = ids.as_chunks::<12>();
    let users: Vec<UserId> = ids.iter().map(|id| UserId::new(Id::from_bytes(*id))).collect();
    let mentions = Mentions { users, room: flags & ROOM != 0, here: flags & HERE != 0 };
    if !rest.is_empty() || !mentions.users.is_sorted_by(|a, b| a < b) || mentions.is_empty() {
        return Err(unreadable());
    }
    Ok(mentions)
}

/// Gives the targets under which a message counts: each of those called by name, or everybody alone, since one message
/// counts once. Nothing for a tombstone and for what the server says.
pub(crate) fn targets(message: &Message) -> Vec<Vec<u8>> {
    match message.content() {
        Some(content) if message.kind == MessageKind::Text => targets_of(&content.mentions),
        Some(_) | None => Vec::new(),
    }
}

/// Gives the targets that these mentions make.
pub(crate) fn targets_of(mentions: &Mentions) -> Vec<Vec<u8>> {
    if mentions.room || mentions.here {
        return vec![EVERYBODY.to_vec()];
    }
    mentions.users.iter().map(|user| user.id().to_bytes().to_vec()).collect()
}

/// Adds what is counted of a message that wasn't there or called nobody.
pub(crate) fn insert(connection: &Connection, place: i64, message: &Message) -> Result<(), Failure> {
    let author = message.author.id.id().to_bytes();
    let mut insert =
        connection.prepare_cached("INSERT INTO mentions (target, place, author_id) VALUES (?1, ?2, ?3)")?;
    for target in targets(message) {
        insert.execute((target, place, author))?;
    }
    Ok(())
}

/// Makes what is counted of a message follow its change.
pub(crate) fn replace(connection: &Connection, place: i64, before: &Message, now: &Message) -> Result<(), Failure> {
    let earlier = targets(before);
    if earlier == targets(now) {
        return Ok(());
    }
    let mut delete = connection.prepare_cached("DELETE FROM mentions WHERE target = ?1 AND place = ?2")?;
    for target in earlier {
        delete.execute((target, place))?;
    }
    insert(connection, place, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: u8) -> UserId {
        UserId::new(Id::from_bytes([number; 12]))
    }

    #[test]
    fn mentions_read_back_as_they_were() {
        for mentions in [
            Mentions::default(),
            Mentions { users: vec![user(1), user(9)], room: false, here: true },
            Mentions { users: Vec::new(), room: true, here: true },
            Mentions { users: vec![user(3)], room: false, here: false },
        ] {
            assert_eq!(decode(encode(&mentions).as_deref()).unwrap(), mentions);
        }
    }

    #[test]
    fn what_was_not_written_here_is_not_read() {
        let twice = [vec![0], vec![7; 24]].concat();
        for column in [&[][..], &[0], &[4], &[1, 1], &[0; 12], &twice] {
            assert!(decode(Some(column)).is_err(), "{column:?}");
        }
    }
}
