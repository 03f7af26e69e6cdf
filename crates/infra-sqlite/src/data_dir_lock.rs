//! One process per data directory.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fs4::{FileExt, TryLockError};

use crate::OpenError;

/// The exclusive use of a data directory. Clones share it; it ends when the last one is dropped, and in any case
/// with the process.
#[derive(Debug, Clone)]
pub struct DataDirLock {
    held: Arc<Held>,
}

#[derive(Debug)]
struct Held {
    path: PathBuf,
    /// Locked for as long as it is open.
    _file: File,
}

impl DataDirLock {
    /// The name of the lock's file within the data directory. It stays there; only the lock on it counts.
    pub const FILE_NAME: &str = "chinwag.lock";

    /// Takes the directory, made if there is none (then for its owner alone to read).
    ///
    /// # Errors
    /// [`OpenError::InUse`] if another process has it, [`OpenError::Io`] if it can't be made or written.
    pub fn acquire(data_dir: &Path) -> Result<Self, OpenError> {
        create_private(data_dir)?;
        let path = data_dir.join(Self::FILE_NAME);
        let mut options = OpenOptions::new();
        let mut file =
            options.read(true).write(true).create(true).truncate(false).open(&path).map_err(OpenError::io(&path))?;
        match FileExt::try_lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(OpenError::InUse { path: data_dir.to_owned(), holder: holder(&mut file) });
            }
            Err(TryLockError::Error(error)) => return Err(OpenError::io(&path)(error)),
        }
        write_process_id(&mut file).map_err(OpenError::io(&path))?;
        Ok(Self { held: Arc::new(Held { path: data_dir.to_owned(), _file: file }) })
    }

    /// Gives the data directory.
    pub fn data_dir(&self) -> &Path {
        &self.held.path
    }
}

fn create_private(data_dir: &Path) -> Result<(), OpenError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data_dir).map_err(OpenError::io(data_dir))
}

fn write_process_id(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    writeln!(file, "{}", std::process::id())
}

/// Reads who holds the lock; it is only for the message, so whatever can't be read is left out.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.take(32).read_to_string(&mut text).map(|_| text.trim().parse::<u32>()) {
        Ok(Ok(process)) => format!(" (process {process})"),
        Ok(Err(_)) | Err(_) => String::new(),
    }
}

/// Makes the names in a directory durable.
pub(crate) fn sync_directory(directory: &Path) -> Result<(), OpenError> {
    // Only Unix opens directories as files; elsewhere names are durable by other means.
    if cfg!(unix) {
        let opened = File::open(directory).map_err(OpenError::io(directory))?;
        opened.sync_all().map_err(OpenError::io(directory))?;
    }
    Ok(())
}

/// Removes a file that may be absent.
pub(crate) fn remove_if_there(path: &Path) -> Result<(), OpenError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(OpenError::io(path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_told_who_has_the_directory_and_what_to_do() {
        let dir = tempfile::tempdir().unwrap();
        let first = DataDirLock::acquire(dir.path()).unwrap();
        let refusal = DataDirLock::acquire(dir.path()).unwrap_err().to_string();
        assert!(refusal.contains(&format!("process {}", std::process::id())), "{refusal}");
        assert!(refusal.contains("--data-dir"), "{refusal}");
        drop(first);
        DataDirLock::acquire(dir.path()).unwrap();
    }

    #[test]
    fn a_clone_keeps_the_directory_taken() {
        let dir = tempfile::tempdir().unwrap();
        let clone = DataDirLock::acquire(dir.path()).unwrap().clone();
        assert!(matches!(DataDirLock::acquire(dir.path()), Err(OpenError::InUse { .. })));
        assert_eq!(clone.data_dir(), dir.path());
    }
}
