//! Passwords, tokens and sessions.

use std::time::Duration;

use super::reader::Reader;
use crate::secrets::KeyBytes;

/// The least memory for hashing a password that is recommended (OWASP, argon2id): 19 MiB.
const FLOOR_MEMORY_KIB: u64 = 19 * 1024;
/// The fewest passes that are recommended with that.
const FLOOR_PASSES: u64 = 2;

/// The section `[auth]` and the signing key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuthConfig {
    /// Memory for hashing a password, in KiB.
    pub(crate) argon2_memory_kib: u32,
    /// Passes over it.
    pub(crate) argon2_passes: u32,
    /// How long an access token is accepted.
    pub(crate) access_lifetime: Duration,
    /// How long a session lasts without being refreshed.
    pub(crate) session_lifetime: Duration,
    /// The signing key, if it isn't the one of `secrets.toml`.
    pub(crate) signing_key: Option<KeyBytes>,
}

impl AuthConfig {
    /// Reads the section, and warns of hashing that is too cheap.
    pub(crate) fn read(reader: &mut Reader<'_>, warnings: &mut Vec<String>) -> Option<Self> {
        // The bounds of the hasher: argon2 needs 8 KiB, and nobody needs more than 1 GiB.
        let memory = reader.number("auth.argon2_memory_kib", 8..=1024 * 1024);
        let passes = reader.number("auth.argon2_passes", 1..=100);
        let minutes = reader.number("auth.access_token_minutes", 1..=7 * 24 * 60);
        let days = reader.number("auth.session_days", 1..=3650);
        let signing_key = reader.optional("signing_key", KeyBytes::parse);
        let (memory, passes) = (memory?, passes?);
        if memory < FLOOR_MEMORY_KIB || passes < FLOOR_PASSES {
            warnings.push(format!(
                "auth.argon2_memory_kib = {memory} and auth.argon2_passes = {passes} make passwords easy to guess from \
                 a stolen database; use at least {FLOOR_MEMORY_KIB} and {FLOOR_PASSES} outside load tests"
            ));
        }
        Some(Self {
            argon2_memory_kib: u32::try_from(memory).ok()?,
            argon2_passes: u32::try_from(passes).ok()?,
            access_lifetime: Duration::from_secs(minutes? * 60),
            session_lifetime: Duration::from_secs(days? * 24 * 3600),
            signing_key: signing_key?,
        })
    }
}
