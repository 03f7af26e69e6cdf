//! Password hashing with argon2id.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use domain::model::{Password, PasswordHash};
use domain::port::{PasswordCheck, PasswordError, PasswordHasher};
use thiserror::Error;

use crate::argon2_options::{Argon2Options, Argon2OptionsError};
use crate::hash_pool::HashPool;
use crate::stored_hash::{HashError, StoredHash};

/// Why there is no hasher.
#[derive(Debug, Error)]
pub enum Argon2StartError {
    /// An option is out of bounds.
    #[error(transparent)]
    Options(#[from] Argon2OptionsError),
    /// The system gives no thread.
    #[error("a thread for password hashing could not be started")]
    Thread(#[source] io::Error),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    Randomness,
}

/// Hashes with argon2id on a bounded pool of its own threads. Memory for a hash is taken when there is one to
/// compute and given back when the queue is empty.
pub struct Argon2PasswordHasher {
    pool: HashPool,
    options: Argon2Options,
    /// What a password is compared with where there is no account.
    nobody: Arc<StoredHash>,
    computed: Arc<AtomicU64>,
}

impl Argon2PasswordHasher {
    /// Starts the threads; they end when the hasher is dropped.
    ///
    /// # Errors
    /// [`Argon2StartError`] for an option out of bounds, or if the system gives no thread or randomness.
    pub fn start(options: Argon2Options) -> Result<Self, Argon2StartError> {
        options.validate()?;
        let nobody = StoredHash::of_nobody(&options).map_err(|_| Argon2StartError::Randomness)?;
        let pool = HashPool::start(options.workers, options.queue).map_err(Argon2StartError::Thread)?;
        Ok(Self { pool, options, nobody: Arc::new(nobody), computed: Arc::default() })
    }

    /// Tells how many hashes were computed since the start, for metrics: one per check, also of a name that
    /// doesn't exist, one per new password and one per rehash.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl PasswordHasher for Argon2PasswordHasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, PasswordError> {
        let (password, options, computed) = (password.clone(), self.options, Arc::clone(&self.computed));
        let made = self.pool.run(move |memory| {
            computed.fetch_add(1, Ordering::Relaxed);
            StoredHash::make(&password, &options, memory)
        });
        made.await?.map_err(failed)
    }

    async fn check(&self, password: &Password, hash: Option<PasswordHash>) -> Result<PasswordCheck, PasswordError> {
        let exists = hash.is_some();
        let stored = match &hash {
            Some(hash) => Arc::new(StoredHash::parse(hash).map_err(failed)?),
            None => Arc::clone(&self.nobody),
        };
        let (password, options, computed) = (password.clone(), self.options, Arc::clone(&self.computed));
        let checked = self.pool.run(move |memory| {
            computed.fetch_add(1, Ordering::Relaxed);
            if !stored.matches(&password, memory)? || !exists {
                return Ok(PasswordCheck::Mismatch);
            }
            if !stored.is_weaker_than(&options) {
                return Ok(PasswordCheck::Match { rehash: None });
            }
            computed.fetch_add(1, Ordering::Relaxed);
            // The password is right whether or not it can be hashed anew now; the next log-in tries again.
            Ok(PasswordCheck::Match { rehash: StoredHash::make(&password, &options, memory).ok() })
        });
        checked.await?.map_err(failed)
    }
}

impl std::fmt::Debug for Argon2PasswordHasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Argon2PasswordHasher").field("options", &self.options).finish_non_exhaustive()
    }
}

/// Logs here what the port's error has no room for.
fn failed(error: HashError) -> PasswordError {
    tracing::error!(%error, "a password could not be processed");
    PasswordError::Failed
}
