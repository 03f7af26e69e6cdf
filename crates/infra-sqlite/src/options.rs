//! What an operator can choose.

use std::time::Duration;

/// How a store uses memory, threads and the disk. The defaults suit a small server and stay below 20 MiB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteOptions {
    /// How many threads read; at least one.
    pub readers: usize,
    /// How much of the database the writer keeps in memory at most, in KiB.
    pub writer_cache_kib: u32,
    /// How much each reader keeps in memory at most, in KiB.
    pub reader_cache_kib: u32,
    /// How many writes wait in the queue at most; further callers wait for a place. At least one.
    pub queue: usize,
    /// How many writes share a commit at most. At least one.
    pub batch: usize,
    /// After how many pages (4 KiB each) the write-ahead log is copied into the database.
    pub checkpoint_pages: u32,
    /// How long to wait for another process that has locked the database, as a backup tool might.
    pub busy_timeout: Duration,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            readers: 2,
            writer_cache_kib: 8 * 1024,
            reader_cache_kib: 2 * 1024,
            queue: 4096,
            batch: 512,
            checkpoint_pages: 4096,
            busy_timeout: Duration::from_secs(5),
        }
    }
}
