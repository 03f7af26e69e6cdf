//! A message as a row of its table, and back.

use domain::model::{
    Author, Excerpt, Message, MessageBody, MessageContent, MessageId, MessageState, Nonce, Pin, ReplyPreview, RoomId,
    UserId, Username, Version,
};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params_from_iter};

use crate::checksum::{checksum, insert_sealed};
use crate::error::{Failure, corrupt};
use crate::rows::{id, optional_id, optional_text, optional_time, text, time, word};
use crate::{mentions, place, reactions};

/// The columns [`message`] reads, in its order.
pub(crate) const MESSAGE_COLUMNS: &str = "m.place, m.change, m.message_id, m.author_id, m.author_name, m.kind, \
     m.body, m.created_at, m.nonce, m.deleted_at, m.deleted_by, m.posted_rev, m.change_kind, m.version, m.edited_at, \
     m.mentions, m.reactions, m.pinned_at, m.pinned_by, m.thread_id, m.reply_place, a.message_id, a.author_id, \
     a.author_name, a.body";
/// How many columns [`MESSAGE_COLUMNS`] are.
pub(crate) const MESSAGE_WIDTH: usize = 25;
/// Joins the messages `m` with those they answer.
pub(crate) const WITH_ANSWERED: &str = "LEFT JOIN messages a ON a.place = m.reply_place";

/// In the order of [`crate::checksum::MESSAGES`]. What conflicts is looked up afterwards: conflicts are rare.
const INSERT: &str = "INSERT INTO messages (place, change, message_id, author_id, author_name, kind, body, \
     created_at, nonce, deleted_at, deleted_by, posted_rev, change_kind, version, edited_at, mentions, reactions, \
     pinned_at, pinned_by, thread_id, reply_id, reply_place, checksum) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23) \
     ON CONFLICT DO NOTHING";

/// Takes the same parameters and writes those that a change can change.
const UPDATE: &str = "UPDATE messages SET change = ?2, body = ?7, deleted_at = ?10, deleted_by = ?11, \
     change_kind = ?13, version = ?14, edited_at = ?15, mentions = ?16, reactions = ?17, pinned_at = ?18, \
     pinned_by = ?19, checksum = ?23 WHERE place = ?1";

/// Adds a message; gives its place, or nothing if something of it is there already.
pub(crate) fn insert(connection: &Connection, room_no: i64, message: &Message) -> Result<Option<i64>, Failure> {
    let row = MessageRow::of(room_no, message)?;
    let inserted = insert_sealed(connection, INSERT, &row.values(message))?;
    Ok((inserted > 0).then_some(row.place))
}

/// Writes a message over what it was; gives its place.
pub(crate) fn update(connection: &Connection, room_no: i64, message: &Message) -> Result<i64, Failure> {
    let row = MessageRow::of(room_no, message)?;
    let values = row.values(message);
    let sum = [ValueRef::Integer(checksum(&values))];
    let bound = values.iter().chain(&sum).map(|value| rusqlite::types::ToSqlOutput::Borrowed(*value));
    if connection.prepare_cached(UPDATE)?.execute(params_from_iter(bound))? == 1 {
        return Ok(row.place);
    }
    Err(corrupt("a message that isn't at its place"))
}

/// What of a row isn't lent by the message.
struct MessageRow {
    place: i64,
    change: i64,
    id: [u8; 12],
    author_id: [u8; 12],
    deleted_by: Option<[u8; 12]>,
    mentions: Option<Vec<u8>>,
    reactions: Option<Vec<u8>>,
    pinned_by: Option<[u8; 12]>,
    thread_id: Option<[u8; 12]>,
    reply: Option<([u8; 12], i64)>,
}

impl MessageRow {
    fn of(room_no: i64, message: &Message) -> Result<Self, Failure> {
        let deleted_by = match &message.state {
            MessageState::Deleted { by, .. } => Some(by.id().to_bytes()),
            MessageState::Live(_) => None,
        };
        let content = message.content();
        let pinned_by = content.and_then(|content| content.pin).map(|pin| pin.by.id().to_bytes());
        let reply = message.reply_to.as_ref();
        Ok(Self {
            place: place::key(room_no, message.seq.to_i64()),
            change: place::key(room_no, message.rev.to_i64()),
            id: message.id.id().to_bytes(),
            author_id: message.author.id.id().to_bytes(),
            deleted_by,
            mentions: content.and_then(|content| mentions::encode(&content.mentions)),
            reactions: content.map(|content| reactions::encode(&content.reactions)).transpose()?.flatten(),
            pinned_by,
            thread_id: message.thread.map(|root| root.id().to_bytes()),
            reply: reply.map(|reply| (reply.id.id().to_bytes(), place::key(room_no, reply.seq.to_i64()))),
        })
    }

    /// Gives the values in the order of [`crate::checksum::MESSAGES`].
    fn values<'a>(&'a self, message: &'a Message) -> [ValueRef<'a>; 22] {
        let content = message.content();
        let deleted_at = match &message.state {
            MessageState::Deleted { at, .. } => Some(at.as_millis()),
            MessageState::Live(_) => None,
        };
        [
            ValueRef::Integer(self.place),
            ValueRef::Integer(self.change),
            ValueRef::Blob(&self.id),
            ValueRef::Blob(&self.author_id),
            ValueRef::Text(message.author.username.as_str().as_bytes()),
            ValueRef::Text(message.kind.as_str().as_bytes()),
            content.map_or(ValueRef::Null, |content| ValueRef::Text(content.body.as_str().as_bytes())),
            ValueRef::Integer(message.created_at.as_millis()),
            message.nonce.as_ref().map_or(ValueRef::Null, |nonce| ValueRef::Text(nonce.as_str().as_bytes())),
            integer(deleted_at),
            blob(self.deleted_by.as_ref()),
            ValueRef::Integer(message.posted_rev.to_i64()),
            ValueRef::Text(message.change.as_str().as_bytes()),
            integer(content.map(|content| i64::from(content.version.get()))),
            integer(content.and_then(|content| content.edited_at).map(domain::model::Timestamp::as_millis)),
            blob(self.mentions.as_deref()),
            blob(self.reactions.as_deref()),
            integer(content.and_then(|content| content.pin).map(|pin| pin.at.as_millis())),
            blob(self.pinned_by.as_ref()),
            blob(self.thread_id.as_ref()),
            blob(self.reply.as_ref().map(|(id, _)| id)),
            integer(self.reply.map(|(_, place)| place)),
        ]
    }
}

fn integer<'a>(value: Option<i64>) -> ValueRef<'a> {
    value.map_or(ValueRef::Null, ValueRef::Integer)
}

fn blob<T: AsRef<[u8]> + ?Sized>(value: Option<&T>) -> ValueRef<'_> {
    value.map_or(ValueRef::Null, |bytes| ValueRef::Blob(bytes.as_ref()))
}

/// Reads a message of that room.
pub(crate) fn message(row: &Row<'_>, room_id: RoomId) -> Result<Message, Failure> {
    Ok(Message {
        id: MessageId::new(id(row, 2)?),
        room_id,
        seq: place::seq(row.get(0)?)?,
        rev: place::rev(row.get(1)?)?,
        posted_rev: place::rev(row.get(11)?)?,
        change: word(row, 12)?,
        author: author(row, 3)?,
        kind: word(row, 5)?,
        state: state(row)?,
        created_at: time(row, 7)?,
        nonce: optional_text(row, 8, Nonce::parse)?,
        reply_to: reply_to(row)?,
        thread: optional_id(row, 19)?.map(MessageId::new),
    })
}

fn author(row: &Row<'_>, from: usize) -> Result<Author, Failure> {
    Ok(Author { id: UserId::new(id(row, from)?), username: text(row, from + 1, Username::parse)? })
}

fn state(row: &Row<'_>) -> Result<MessageState, Failure> {
    match (row.get::<_, Option<String>>(6)?, optional_time(row, 9)?, optional_id(row, 10)?) {
        (Some(text), None, None) => Ok(MessageState::Live(content(row, text)?)),
        (None, Some(at), Some(by)) => Ok(MessageState::Deleted { at, by: UserId::new(by) }),
        _ => Err(corrupt("a message that is neither whole nor a tombstone")),
    }
}

fn content(row: &Row<'_>, text: String) -> Result<MessageContent, Failure> {
    let pin = match (optional_time(row, 17)?, optional_id(row, 18)?) {
        (Some(at), Some(by)) => Some(Pin { at, by: UserId::new(by) }),
        _ => None,
    };
    Ok(MessageContent {
        body: MessageBody::parse(text)?,
        version: version(row, 13)?,
        edited_at: optional_time(row, 14)?,
        mentions: mentions::decode(bytes(row, 15)?)?,
        reactions: reactions::decode(bytes(row, 16)?)?,
        pin,
    })
}

/// Reads the number of a version.
pub(crate) fn version(row: &Row<'_>, index: usize) -> Result<Version, Failure> {
    Ok(Version::new(u64::try_from(row.get::<_, i64>(index)?).unwrap_or(0))?)
}

fn bytes<'a>(row: &'a Row<'_>, index: usize) -> Result<Option<&'a [u8]>, Failure> {
    Ok(row.get_ref(index)?.as_blob_or_null().map_err(rusqlite::Error::from)?)
}

fn reply_to(row: &Row<'_>) -> Result<Option<ReplyPreview>, Failure> {
    let Some(place) = row.get::<_, Option<i64>>(20)? else { return Ok(None) };
    let id = optional_id(row, 21)?.ok_or_else(|| corrupt("an answer to a message that isn't there"))?;
    let excerpt = optional_text(row, 24, |text| MessageBody::parse(text).map(|body| Excerpt::of(&body)))?;
    Ok(Some(ReplyPreview { id: MessageId::new(id), seq: place::seq(place)?, author: author(row, 22)?, excerpt }))
}
