//! An idle hasher gives its memory back to the system. Alone in its file, because it looks at the whole process.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "the helpers of a test fail by panicking")]

use std::fs;
use std::time::{Duration, Instant};

use domain::model::Password;
use domain::port::PasswordHasher;
use infra_auth::{Argon2Options, Argon2PasswordHasher};

/// The memory of this process that is in RAM, in KiB.
fn resident_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn no_hash_memory_is_kept_when_nobody_logs_in() {
    let options = Argon2Options { workers: 2, ..Argon2Options::default() };
    let hasher = Argon2PasswordHasher::start(options).unwrap();
    let before = resident_kib();
    let password = Password::parse("correct horse").unwrap();
    for _ in 0..3 {
        let (one, other) = tokio::join!(hasher.hash(&password), hasher.check(&password, None));
        assert!(one.is_ok() && other.is_ok());
    }
    // A worker answers before it gives its memory back, and nothing tells when it has.
    let deadline = Instant::now() + Duration::from_secs(10);
    while resident_kib() > before + 4096 {
        assert!(Instant::now() < deadline, "{} KiB before, {} KiB after", before, resident_kib());
        std::thread::yield_now();
    }
}
