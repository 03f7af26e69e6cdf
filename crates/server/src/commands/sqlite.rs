//! `chinwag backup`, `restore` and `verify`: what an embedded database needs, and others bring along.

use std::path::Path;

use crate::config::{Config, StoreConfig};
use crate::failure::Failure;
use crate::output::print;
use crate::wiring;

/// Copies the database to a new file while the server may be running.
pub(super) fn backup(config: &Config, file: &Path) -> Result<(), Failure> {
    needs_sqlite(config, "back up", "mongodump")?;
    wiring::backup(&config.server.data_dir, file)?;
    Ok(print(&format!(
        "The database was copied to {0}. Keep a copy of {1} beside it.",
        file.display(),
        config.server.data_dir.join(crate::secrets::FILE_NAME).display()
    ))?)
}

/// Puts a copy into an empty data directory.
pub(super) fn restore(config: &Config, file: &Path) -> Result<(), Failure> {
    needs_sqlite(config, "restore", "mongorestore")?;
    wiring::restore(&config.server.data_dir, file)?;
    Ok(print(&format!(
        "{} was restored into {}. Everybody signs in again.",
        file.display(),
        config.server.data_dir.display()
    ))?)
}

/// Checks everything in the database, while the server may be running, or in a backup.
pub(super) fn verify(config: &Config, file: Option<&Path>) -> Result<(), Failure> {
    needs_sqlite(config, "verify", "validate (a MongoDB command)")?;
    let faults = wiring::verify(&config.server.data_dir, file)?;
    if faults.is_empty() {
        return Ok(print("Everything is sound.")?);
    }
    print(&faults.join("\n"))?;
    Err(Failure::runtime("the database is damaged: restore a backup"))
}

fn needs_sqlite(config: &Config, verb: &str, tool: &str) -> Result<(), Failure> {
    match config.store {
        StoreConfig::Sqlite => Ok(()),
        StoreConfig::Memory => Err(Failure::usage(format!("the memory store keeps nothing to {verb}"))),
        StoreConfig::MongoDb(_) => {
            Err(Failure::usage(format!("chinwag can {verb} SQLite only; for MongoDB use its own tool: {tool}")))
        }
    }
}
