//! Whether there is room left where the data lives.

use std::path::{Path, PathBuf};

use http_api::Readiness;

/// With less than this the next writes are about to fail: 64 MiB.
const LEAST_FREE: u64 = 64 * 1024 * 1024;

/// Makes a readiness that also asks for room on the disk of that directory.
pub(crate) fn readiness_with_room(directory: PathBuf) -> Readiness {
    Readiness::with_checks(vec![(
        "disk",
        Box::new(move || {
            // Answered by the kernel from memory.
            let outcome = check(free_bytes(&directory));
            Box::pin(async move { outcome })
        }),
    )])
}

fn free_bytes(directory: &Path) -> std::io::Result<u64> {
    let found = rustix::fs::statvfs(directory)?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

fn check(free: std::io::Result<u64>) -> Result<(), String> {
    match free {
        Ok(free) if free < LEAST_FREE => Err(format!("only {} MiB are free in the data directory", free >> 20)),
        Ok(_) => Ok(()),
        Err(error) => Err(format!("the data directory can't be looked at: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_full_a_little_before_it_is() {
        assert_eq!(check(Ok(LEAST_FREE)), Ok(()));
        assert!(check(Ok(LEAST_FREE - 1)).unwrap_err().contains("63 MiB"));
    }

    #[test]
    fn a_directory_that_is_gone_is_said() {
        let gone = PathBuf::from("/nowhere/at/all");
        assert!(check(free_bytes(&gone)).is_err());
        assert!(free_bytes(&std::env::temp_dir()).is_ok());
    }
}
