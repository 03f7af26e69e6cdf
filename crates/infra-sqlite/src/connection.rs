//! How connections to the database file are opened, and with which settings.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::port::Cause;
use rusqlite::{Connection, OpenFlags};

use crate::{OpenError, SqliteOptions};

/// The name of the database file within the data directory.
pub(crate) const DATABASE: &str = "chinwag.db";

/// How many prepared statements a connection keeps: more than there are in this crate.
const STATEMENTS: usize = 192;

/// Gives the place of the database in a data directory.
pub(crate) fn database_path(data_dir: &Path) -> PathBuf {
    data_dir.join(DATABASE)
}

/// Opens the connection that writes, and makes the file if there is none (for its owner alone to read).
///
/// WAL and `synchronous=FULL`: a commit returns after the log was synced to the disk, and only then do readers see
/// it. Text that is deleted is overwritten in the file, not just forgotten.
pub(crate) fn open_for_writing(path: &Path) -> Result<Connection, OpenError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(OpenError::io(path))?;
    let connection = open_existing(path)?;
    use_log(&connection, path)?;
    let set = || -> Result<(), rusqlite::Error> {
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update_and_check(None, "secure_delete", true, |row| row.get::<_, i64>(0))?;
        // The log is shortened to this many bytes once it has been copied, so that one burst doesn't keep the space.
        connection
            .pragma_update_and_check(None, "journal_size_limit", 64 * 1024 * 1024, |row| row.get::<_, i64>(0))
            .map(drop)
    };
    set().map_err(OpenError::database(path))?;
    Ok(connection)
}

/// Turns the write-ahead log on, which some network file systems can't have.
fn use_log(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let mode = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0));
    if mode.map_err(OpenError::database(path))? == "wal" {
        return Ok(());
    }
    let source = Cause::new("its file system can't share memory between processes; use a local disk");
    Err(OpenError::Database { path: path.to_owned(), source })
}

/// Opens a connection to a file that must exist, with nothing but what every connection needs.
pub(crate) fn open_existing(path: &Path) -> Result<Connection, OpenError> {
    if !path.exists() {
        return Err(OpenError::Missing { path: path.to_owned() });
    }
    // Each connection stays with one thread, so SQLite needn't lock it.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(OpenError::database(path))?;
    connection.busy_timeout(Duration::from_secs(5)).map_err(OpenError::database(path))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Opens a connection that can only read.
pub(crate) fn open_for_reading(path: &Path) -> Result<Connection, OpenError> {
    let connection = open_existing(path)?;
    connection.pragma_update(None, "query_only", true).map_err(OpenError::database(path))?;
    Ok(connection)
}

/// Opens a file that nobody writes, without making any file beside it. Whatever a log beside it holds is not seen.
pub(crate) fn open_frozen(path: &Path) -> Result<Connection, OpenError> {
    if !path.exists() {
        return Err(OpenError::Missing { path: path.to_owned() });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let escaped: String = path.to_string_lossy().bytes().map(escape).collect();
    let uri = format!("file:{escaped}?immutable=1");
    Connection::open_with_flags(uri, flags).map_err(OpenError::database(path))
}

fn escape(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"/._-".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02x}")
    }
}

/// Applies an operator's choices to an open connection.
pub(crate) fn tune(connection: &Connection, cache_kib: u32, options: &SqliteOptions) -> Result<(), rusqlite::Error> {
    connection.busy_timeout(options.busy_timeout)?;
    // Negative means KiB.
    connection.pragma_update(None, "cache_size", -i64::from(cache_kib))
}
