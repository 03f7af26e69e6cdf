//! Password hashing, access tokens, secrets, time and identifiers: what needs cryptography, randomness or the
//! system's clock. A file per port under the port's own name.

mod clock;
mod id_generator;
mod random;
mod secret_generator;

pub use clock::SystemClock;
pub use id_generator::ObjectIdGenerator;
pub use secret_generator::OsSecretGenerator;
