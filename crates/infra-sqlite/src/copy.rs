//! Copies of a database: made from a running store, and put back into an empty place.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::port::Cause;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::connection::{database_path, open_existing, open_for_reading, open_frozen};
use crate::data_dir_lock::{DataDirLock, remove_if_there, sync_directory};
use crate::store::name_dataset;
use crate::verify::faults_in;
use crate::{OpenError, migration};

/// Copies the database in that directory into a new file that needs no other: one consistent snapshot, synced to the
/// disk. The server may be running and writing meanwhile; its write-ahead log grows until the copy is done.
///
/// The file appears under its name only when it is whole. It holds everything, password hashes too, and only its
/// owner may read it.
///
/// # Errors
/// [`OpenError::Exists`] if there is such a file, [`OpenError::Missing`] if there is no database, else why copying
/// failed.
pub fn backup(data_dir: &Path, file: &Path) -> Result<(), OpenError> {
    if file.exists() {
        return Err(OpenError::Exists { path: file.to_owned() });
    }
    let path = database_path(data_dir);
    let source = open_for_reading(&path)?;
    migration::version(&source, &path)?;
    let partial = beside(file, ".partial");
    let copied = copy(&source, &path, &partial).and_then(|copy| finish(copy, &partial, file));
    if copied.is_err() {
        remove_if_there(&partial)?;
    }
    copied
}

/// Puts a backup into a data directory that has no database yet, under a new epoch, so that cursors from before are
/// recognised. All sessions end, since the backup may hold some that were revoked after it was made: everybody
/// signs in again. The copy is brought to the newest schema and every invariant checked before it takes its place.
///
/// # Errors
/// [`OpenError::Exists`] if there is a database, [`OpenError::Damaged`] with everything wrong with the file, `InUse`,
/// `NewerSchema`, `NotOurs` as for opening, [`OpenError::Missing`] if there is no such file.
pub fn restore(file: &Path, data_dir: &Path) -> Result<(), OpenError> {
    refuse_live_copy(file)?;
    let source = open_frozen(file)?;
    migration::version(&source, file)?;
    let _lock = DataDirLock::acquire(data_dir)?;
    let target = database_path(data_dir);
    for taken in [target.clone(), beside(&target, "-wal")] {
        if taken.exists() {
            return Err(OpenError::Exists { path: taken });
        }
    }
    let partial = beside(&target, ".partial");
    let restored = copy(&source, file, &partial).and_then(|mut copy| {
        migration::apply(&mut copy, &partial, migration::newest())?;
        let faults = faults_in(&copy, &partial)?;
        if !faults.is_empty() {
            return Err(OpenError::Damaged { path: file.to_owned(), faults });
        }
        begin_anew(&copy, &partial)?;
        finish(copy, &partial, &target)
    });
    if restored.is_err() {
        remove_if_there(&partial)?;
    }
    restored
}

/// A database with a log beside it isn't whole without it.
fn refuse_live_copy(file: &Path) -> Result<(), OpenError> {
    let log = beside(file, "-wal");
    if fs::metadata(&log).is_ok_and(|metadata| metadata.len() > 0) {
        let fault = "beside it lies a write-ahead log, so it is the file of a live store and no backup; make one with \
                     'chinwag backup FILE'";
        return Err(OpenError::Damaged { path: file.to_owned(), faults: vec![fault.to_owned()] });
    }
    Ok(())
}

fn begin_anew(copy: &Connection, path: &Path) -> Result<(), OpenError> {
    name_dataset(copy).map_err(|error| OpenError::Database { path: path.to_owned(), source: Cause::new(error.0) })?;
    copy.execute_batch("PRAGMA foreign_keys = ON; DELETE FROM sessions").map_err(OpenError::database(path))
}

/// Copies in one step, which reads one snapshot and holds no writer up.
fn copy(source: &Connection, source_path: &Path, partial: &Path) -> Result<Connection, OpenError> {
    remove_if_there(partial)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(partial).map_err(OpenError::io(partial))?;
    let mut target = open_existing(partial)?;
    let failed = OpenError::database(source_path);
    let backup = Backup::new(source, &mut target).map_err(&failed)?;
    // Only a checkpoint that restarts the log can be in the way, and only for a moment.
    let mut patience = 100;
    loop {
        match backup.step(-1).map_err(&failed)? {
            StepResult::Done => break,
            StepResult::Busy | StepResult::Locked if patience == 0 => {
                let source = Cause::new("it stayed locked; try again");
                return Err(OpenError::Database { path: source_path.to_owned(), source });
            }
            _ => {
                patience -= 1;
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    }
    drop(backup);
    Ok(target)
}

/// Makes the copy one file without a log, durable, and gives it its name unless that was taken meanwhile.
fn finish(copy: Connection, partial: &Path, target: &Path) -> Result<(), OpenError> {
    let failed = OpenError::database(partial);
    copy.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get::<_, String>(0)).map_err(&failed)?;
    copy.close().map_err(|(_, error)| failed(error))?;
    File::open(partial).and_then(|file| file.sync_all()).map_err(OpenError::io(partial))?;
    match fs::hard_link(partial, target) {
        Ok(()) => remove_if_there(partial)?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(OpenError::Exists { path: target.to_owned() });
        }
        // Some file systems have no links.
        Err(_) if target.exists() => return Err(OpenError::Exists { path: target.to_owned() }),
        Err(_) => fs::rename(partial, target).map_err(OpenError::io(target))?,
    }
    match target.parent() {
        Some(parent) if parent != Path::new("") => sync_directory(parent),
        _ => sync_directory(Path::new(".")),
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}
