//! Password hashing, access tokens, secrets, time and identifiers: what needs cryptography, randomness or the
//! system's clock. A file per port under the port's own name.

mod access_tokens;
mod argon2_options;
mod clock;
mod hash_memory;
mod hash_pool;
mod id_generator;
mod password_hasher;
mod random;
mod secret_generator;
mod session_repository;
mod session_table;
mod signing_key;
mod stored_hash;
mod user_repository;

pub use access_tokens::JwtAccessTokens;
pub use argon2_options::{Argon2Options, Argon2OptionsError};
pub use clock::SystemClock;
pub use id_generator::ObjectIdGenerator;
pub use password_hasher::{Argon2PasswordHasher, Argon2StartError};
pub use secret_generator::OsSecretGenerator;
pub use session_repository::SessionCache;
pub use signing_key::{SigningKey, SigningKeyError};
pub use user_repository::WatchedUserRepository;
