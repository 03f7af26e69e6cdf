//! Brings a database to the newest schema.

use std::path::Path;

use domain::port::Cause;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, TransactionBehavior};

use crate::OpenError;
use crate::checksum::checksum;
use crate::connection::{self, database_path};
use crate::data_dir_lock::DataDirLock;

/// What marks a file as ours (`PRAGMA application_id`, written by the first migration): «Chwg».
const APPLICATION_ID: i64 = 0x4368_7767;

/// One step of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    /// Its number: 1, 2, 3, …
    pub number: u32,
    /// What it does, in a few words.
    pub title: &'static str,
    sql: &'static str,
}

/// Every migration there is, ascending by number, without gaps.
const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        title: "first tables",
        sql: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/sqlite/0001_first_tables.sql")),
    },
    Migration {
        number: 2,
        title: "conversations",
        sql: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/sqlite/0002_conversations.sql")),
    },
];

/// Where a database stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStatus {
    /// The number of the newest migration in the database; 0 for an empty or absent one.
    pub current: u32,
    /// What is still to be done, in order.
    pub pending: Vec<Migration>,
}

/// Gives the number of the newest migration known here.
pub(crate) fn newest() -> u32 {
    MIGRATIONS.last().map_or(0, |last| last.number)
}

/// Tells where the database in that directory stands, without changing anything. A server may be running.
///
/// # Errors
/// [`OpenError::NewerSchema`], [`OpenError::NotOurs`], or that the file can't be read.
pub fn migration_status(data_dir: &Path) -> Result<MigrationStatus, OpenError> {
    let path = database_path(data_dir);
    let current = if path.exists() { version(&connection::open_existing(&path)?, &path)? } else { 0 };
    Ok(MigrationStatus { current, pending: pending(current) })
}

/// Brings the database in that directory to the newest schema, made if there is none; gives what was done.
/// Opening a store does the same by itself.
///
/// # Errors
/// As [`migration_status`]; [`OpenError::InUse`] while a server runs on it.
pub fn migrate(data_dir: &Path) -> Result<Vec<Migration>, OpenError> {
    let _lock = DataDirLock::acquire(data_dir)?;
    let path = database_path(data_dir);
    let mut opened = connection::open_for_writing(&path)?;
    apply(&mut opened, &path, newest())
}

/// Brings an open database to that schema, each migration in a transaction of its own.
pub(crate) fn apply(connection: &mut Connection, path: &Path, upto: u32) -> Result<Vec<Migration>, OpenError> {
    let mut steps = pending(version(connection, path)?);
    steps.retain(|step| step.number <= upto);
    offer_checksum(connection).map_err(OpenError::database(path))?;
    for step in &steps {
        run(connection, *step).map_err(OpenError::database(path))?;
        tracing::info!(migration = step.number, title = step.title, "migrated the database");
    }
    Ok(steps)
}

fn run(connection: &mut Connection, step: Migration) -> Result<(), rusqlite::Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(step.sql)?;
    transaction.pragma_update(None, "user_version", step.number)?;
    transaction.commit()
}

/// Gives migrations the checksum that rows carry as the SQL function `seal(…)`, to write it anew for rows they change.
fn offer_checksum(connection: &Connection) -> Result<(), rusqlite::Error> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("seal", -1, flags, |context| {
        let values: Vec<_> = (0..context.len()).map(|index| context.get_raw(index)).collect();
        Ok(checksum(&values))
    })
}

fn pending(current: u32) -> Vec<Migration> {
    MIGRATIONS.iter().filter(|step| step.number > current).copied().collect()
}

/// Reads the number of the newest migration in a database, and refuses one that isn't ours or is newer than this
/// program.
pub(crate) fn version(connection: &Connection, path: &Path) -> Result<u32, OpenError> {
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let failed = OpenError::database(path);
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(&failed)?;
    let found = number("user_version").map_err(&failed)?;
    let application = number("application_id").map_err(&failed)?;
    if application != APPLICATION_ID && (application != 0 || tables > 0 || found != 0) {
        return Err(OpenError::NotOurs { path: path.to_owned() });
    }
    let found = u32::try_from(found)
        .map_err(|error| OpenError::Database { path: path.to_owned(), source: Cause::new(error) })?;
    if found > newest() {
        return Err(OpenError::NewerSchema { path: path.to_owned(), found, known: newest() });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_run_from_one_without_gaps() {
        let numbers: Vec<u32> = MIGRATIONS.iter().map(|step| step.number).collect();
        assert_eq!(numbers, (1..=newest()).collect::<Vec<_>>());
    }

    #[test]
    fn a_migration_that_fails_leaves_nothing_behind() {
        let mut connection = Connection::open_in_memory().unwrap();
        let broken = Migration { number: 1, title: "broken", sql: "CREATE TABLE a (b); CREATE TABLE a (b);" };
        run(&mut connection, broken).unwrap_err();
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
        assert_eq!(tables, 0);
        assert_eq!(version(&connection, Path::new("memory")).unwrap(), 0);
    }
}
