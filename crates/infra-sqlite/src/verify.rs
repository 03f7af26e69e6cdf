//! Checks every invariant of a stored data set.

use std::path::Path;

use rusqlite::Connection;

use crate::checksum::SEALED_TABLES;
use crate::connection::{database_path, open_for_reading, open_frozen};
use crate::{OpenError, migration};

mod contents;
mod rules;

/// The most lines one check gives; a damaged file would have thousands.
const MOST: usize = 20;

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
    for check in rules::RULES {
        run("a rule", &|| lines(connection, check));
    }
    run("names", &|| contents::names(connection));
    run("mentions", &|| contents::mentions(connection));
    run("reactions", &|| contents::reactions(connection));
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

fn lines(connection: &Connection, sql: &str) -> Result<Vec<String>, rusqlite::Error> {
    let mut question = connection.prepare(sql)?;
    let mut rows = question.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()?.filter(|_| found.len() < 4 * MOST) {
        found.push(row.get(0)?);
    }
    Ok(found)
}
