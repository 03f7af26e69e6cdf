//! The rules that SQL can't tell.

use domain::model::{Id, MessageKind, Reactions, Username};
use rusqlite::{Connection, Row};

use super::MOST;
use crate::error::Failure;

/// Checks that every user is looked up by the forms of their own name.
pub(super) fn names(connection: &Connection) -> Result<Vec<String>, rusqlite::Error> {
    let mut question = connection.prepare("SELECT username, name_key, name_skeleton FROM users")?;
    let mut rows = question.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()?.filter(|_| found.len() < MOST) {
        let (name, key, skeleton): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let fits = Username::parse(&name)
            .is_ok_and(|parsed| parsed.as_str() == name && parsed.key() == key && parsed.skeleton() == skeleton);
        if !fits {
            found.push(format!("user {name} is kept under another name"));
        }
    }
    Ok(found)
}

/// Checks that what is counted of mentions is what the messages say: every target of theirs is there, and there are as
/// many as that.
pub(super) fn mentions(connection: &Connection) -> Result<Vec<String>, rusqlite::Error> {
    let mut question = connection.prepare(
        "SELECT message_id, mentions, place, author_id, kind FROM messages NOT INDEXED WHERE mentions IS NOT NULL",
    )?;
    let mut counted =
        connection.prepare("SELECT 1 FROM mentions WHERE target = ?1 AND place = ?2 AND author_id = ?3")?;
    let mut rows = question.query([])?;
    let (mut found, mut expected) = (Vec::new(), 0_i64);
    while let Some(row) = rows.next()?.filter(|_| found.len() < MOST) {
        let Ok(mentions) = column(row, crate::mentions::decode)? else {
            found.push(format!("{} has mentions that can't be read", name(row)?));
            continue;
        };
        let (place, author): (i64, [u8; 12]) = (row.get(2)?, row.get(3)?);
        if row.get_ref(4)?.as_str()? != MessageKind::Text.as_str() {
            continue;
        }
        for target in crate::mentions::targets_of(&mentions) {
            expected += 1;
            if !counted.exists((target, place, author))? {
                found.push(format!("{} calls somebody, and it isn't counted", name(row)?));
            }
        }
    }
    let rows: i64 = connection.query_row("SELECT count(*) FROM mentions NOT INDEXED", [], |row| row.get(0))?;
    if rows != expected && found.is_empty() {
        found.push(format!("{rows} mentions are counted, and the messages have {expected}"));
    }
    Ok(found)
}

/// Checks that reactions can be read and are a set.
pub(super) fn reactions(connection: &Connection) -> Result<Vec<String>, rusqlite::Error> {
    let mut question =
        connection.prepare("SELECT message_id, reactions FROM messages NOT INDEXED WHERE reactions IS NOT NULL")?;
    let mut rows = question.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()?.filter(|_| found.len() < MOST) {
        let sound = column(row, crate::reactions::decode)?.is_ok_and(|reactions| is_set(&reactions));
        if !sound {
            found.push(format!("{} has reactions that can't be read", name(row)?));
        }
    }
    Ok(found)
}

/// Puts the reactions together anew, which leaves nothing out only if nothing is there twice or too much.
fn is_set(reactions: &Reactions) -> bool {
    let each =
        reactions.as_slice().iter().flat_map(|reaction| reaction.users.iter().map(|user| (reaction.emoji, user)));
    let anew = each.into_iter().try_fold(Reactions::default(), |anew, (emoji, user)| anew.with(emoji, *user));
    anew.as_ref() == Some(reactions)
}

fn column<T>(
    row: &Row<'_>,
    decode: impl FnOnce(Option<&[u8]>) -> Result<T, Failure>,
) -> Result<Result<T, Failure>, rusqlite::Error> {
    Ok(decode(row.get_ref(1)?.as_blob_or_null()?))
}

fn name(row: &Row<'_>) -> Result<String, rusqlite::Error> {
    Ok(format!("message {}", Id::from_bytes(row.get(0)?)))
}
