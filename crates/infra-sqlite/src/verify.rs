//! Checks every invariant of a stored data set.

use std::path::Path;

use domain::model::Username;
use rusqlite::Connection;

use crate::checksum::SEALED_TABLES;
use crate::connection::{database_path, open_for_reading, open_frozen};
use crate::{OpenError, migration};

/// The most lines one check gives; a damaged file would have thousands.
const MOST: usize = 20;

/// What must give no row; each row is a line that says what is wrong.
const CHECKS: &[&str] = &[
    "SELECT 'the data set has ' || count(*) || ' names instead of one' FROM dataset HAVING count(*) <> 1",
    "SELECT 'message ' || lower(hex(message_id)) || ' is in no room' FROM messages \
     WHERE place >> 40 NOT IN (SELECT room_no FROM rooms)",
    "SELECT 'room ' || lower(hex(room_id)) || ' has ' || coalesce(messages, 0) || ' messages at places ' \
     || coalesce(low, 0) || ' to ' || coalesce(high, 0) || ', and its head is ' || head_seq FROM rooms \
     LEFT JOIN (SELECT place >> 40 AS room_no, count(*) AS messages, min(place & 1099511627775) AS low, \
     max(place & 1099511627775) AS high FROM messages NOT INDEXED GROUP BY 1) USING (room_no) \
     WHERE coalesce(messages, 0) <> head_seq OR coalesce(high, 0) <> head_seq OR coalesce(low, 1) <> 1",
    "SELECT 'room ' || lower(hex(room_id)) || ' has changes up to ' || coalesce(high, 0) || ', and its head is ' \
     || head_rev FROM rooms LEFT JOIN (SELECT place >> 40 AS room_no, max(change & 1099511627775) AS high \
     FROM messages NOT INDEXED GROUP BY 1) USING (room_no) WHERE coalesce(high, 0) <> head_rev",
    "SELECT 'message ' || lower(hex(message_id)) || ' has a change of another room or none' FROM messages \
     NOT INDEXED WHERE change >> 40 <> place >> 40 OR change & 1099511627775 = 0",
    "SELECT 'two messages have the change ' || change FROM messages NOT INDEXED GROUP BY change HAVING count(*) > 1",
    "SELECT 'two messages have the id ' || lower(hex(message_id)) FROM messages NOT INDEXED GROUP BY message_id \
     HAVING count(*) > 1",
    "SELECT 'two messages of one author in one room have the nonce ' || nonce FROM messages NOT INDEXED \
     WHERE nonce IS NOT NULL GROUP BY place >> 40, author_id, nonce HAVING count(*) > 1",
    "SELECT 'message ' || lower(hex(message_id)) || ' has an author who does not exist' FROM messages \
     WHERE author_id NOT IN (SELECT user_id FROM users)",
    "SELECT 'message ' || lower(hex(message_id)) || ' is neither whole nor a tombstone without text' FROM messages \
     WHERE (body IS NULL) <> (deleted_at IS NOT NULL) OR (deleted_at IS NULL) <> (deleted_by IS NULL)",
    "SELECT 'room ' || lower(hex(room_id)) || ' has ' || (SELECT count(*) FROM memberships m \
     WHERE m.room_id = r.room_id) || ' members and counts ' || member_count FROM rooms r \
     WHERE member_count <> (SELECT count(*) FROM memberships m WHERE m.room_id = r.room_id)",
    "SELECT 'two users have the skeleton ' || name_skeleton FROM users NOT INDEXED GROUP BY name_skeleton \
     HAVING count(*) > 1",
    "SELECT 'two rooms have the name ' || name FROM rooms NOT INDEXED WHERE name IS NOT NULL GROUP BY name \
     HAVING count(*) > 1",
    "SELECT 'session ' || lower(hex(session_id)) || ' does not know its refresh token' FROM sessions s \
     WHERE NOT EXISTS (SELECT 1 FROM session_digests d WHERE d.digest = s.current_digest \
     AND d.session_id = s.session_id)",
];

/// Checks the database in that directory: the file's structure, every row's checksum, and every rule that the rows
/// keep together. Gives a line for each fault, none if all is well. It sees one snapshot; the server may be running.
///
/// # Errors
/// If there is no database, or it isn't ours, or of a newer schema.
pub fn verify(data_dir: &Path) -> Result<Vec<String>, OpenError> {
    let path = database_path(data_dir);
    let connection = open_for_reading(&path)?;
    let faults = faults_in(&connection, &path);
    drop(connection);
    faults
}

/// Checks a backup in the same way, without making any file beside it.
///
/// # Errors
/// As [`verify`].
pub fn verify_file(file: &Path) -> Result<Vec<String>, OpenError> {
    faults_in(&open_frozen(file)?, file)
}

/// Checks an open database within one snapshot.
pub(crate) fn faults_in(connection: &Connection, path: &Path) -> Result<Vec<String>, OpenError> {
    let version = match migration::version(connection, path) {
        Ok(version) => version,
        Err(OpenError::Database { source, .. }) => return Ok(vec![format!("the file can't be read: {source}")]),
        Err(error) => return Err(error),
    };
    let mut faults = Vec::new();
    if version < migration::newest() {
        faults.push(format!("the schema is {version}, not {}; bring it up with 'migrate up'", migration::newest()));
        return Ok(faults);
    }
    let mut run = |name: &str, check: &dyn Fn() -> Result<Vec<String>, rusqlite::Error>| match check() {
        Ok(found) => faults.extend(found),
        // A check that stumbles over damage is a finding, too.
        Err(error) => faults.push(format!("{name} can't be checked: {error}")),
    };
    run("the file", &|| connection.execute_batch("BEGIN").map(|()| Vec::new()));
    run("the structure", &|| integrity(connection));
    run("the schema", &|| schema(connection, version));
    run("references", &|| references(connection));
    for table in SEALED_TABLES {
        run(table.name, &|| {
            let broken = table.broken_rows(connection, MOST)?;
            Ok(broken.iter().map(|row| format!("{} {row} is damaged: its checksum is wrong", table.name)).collect())
        });
    }
    for check in CHECKS {
        run("a rule", &|| lines(connection, check));
    }
    run("names", &|| names(connection));
    run("the file", &|| connection.execute_batch("COMMIT").map(|()| Vec::new()));
    Ok(faults)
}

fn integrity(connection: &Connection) -> Result<Vec<String>, rusqlite::Error> {
    let mut found = lines(connection, &format!("PRAGMA integrity_check({MOST})"))?;
    found.retain(|line| line != "ok");
    Ok(found)
}

/// Compares the tables with what the migrations make, since the schema, too, is only text in the file.
fn schema(connection: &Connection, version: u32) -> Result<Vec<String>, rusqlite::Error> {
    let question = "SELECT name || ': ' || coalesce(sql, '') FROM sqlite_schema ORDER BY name";
    let mut fresh = Connection::open_in_memory()?;
    if let Err(error) = migration::apply(&mut fresh, Path::new(":memory:"), version) {
        return Ok(vec![format!("the schema can't be compared: {error}")]);
    }
    let (is, ought) = (lines(connection, question)?, lines(&fresh, question)?);
    Ok(if is == ought { Vec::new() } else { vec!["the tables aren't as the migrations make them".to_owned()] })
}

fn references(connection: &Connection) -> Result<Vec<String>, rusqlite::Error> {
    let mut question = connection.prepare("PRAGMA foreign_key_check")?;
    let mut rows = question.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()?.filter(|_| found.len() < MOST) {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        found.push(format!("a row of {table} refers to one of {parent} that does not exist"));
    }
    Ok(found)
}

/// Checks that every user is looked up by the forms of their own name.
fn names(connection: &Connection) -> Result<Vec<String>, rusqlite::Error> {
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

fn lines(connection: &Connection, sql: &str) -> Result<Vec<String>, rusqlite::Error> {
    let mut question = connection.prepare(sql)?;
    let mut rows = question.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()?.filter(|_| found.len() < 4 * MOST) {
        found.push(row.get(0)?);
    }
    Ok(found)
}
