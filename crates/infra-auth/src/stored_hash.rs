//! One argon2 hash: read from its text, compared with a password, or made.

use argon2::password_hash::phc::{self, Output, ParamsString, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::model::{Password, PasswordHash};
use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::argon2_options::Argon2Options;
use crate::hash_memory::HashMemory;

const SALT_BYTES: usize = 16;
const OUTPUT_BYTES: usize = 32;

/// Why a hash can't be read, made or compared. For the log; it tells nothing of the hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum HashError {
    /// The text isn't an argon2 hash in PHC string format.
    #[error("the stored hash can't be read")]
    Unreadable,
    /// The stored hash asks for more than any of ours.
    #[error("the stored hash asks for too much memory or too many passes")]
    TooDear,
    /// The system has no memory or no randomness to give.
    #[error("there is not enough memory or randomness to hash")]
    NoResources,
}

/// An argon2 hash with all it takes to compute it again.
pub(crate) struct StoredHash {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Salt,
    output: Output,
}

impl StoredHash {
    /// Reads a hash of any argon2 kind. Without a version it is of the first (0x10), as the reference
    /// implementation reads it.
    pub(crate) fn parse(hash: &PasswordHash) -> Result<Self, HashError> {
        let read = phc::PasswordHash::new(hash.as_str()).map_err(|_| HashError::Unreadable)?;
        let algorithm = Algorithm::new(read.algorithm.as_str()).map_err(|_| HashError::Unreadable)?;
        let version = match read.version {
            Some(number) => Version::try_from(number).map_err(|_| HashError::Unreadable)?,
            None => Version::V0x10,
        };
        let params = Params::try_from(&read).map_err(|_| HashError::Unreadable)?;
        let (Some(salt), Some(output)) = (read.salt, read.hash) else {
            return Err(HashError::Unreadable);
        };
        let dearest = params.m_cost() > Argon2Options::MAX_MEMORY_KIB
            || params.t_cost() > Argon2Options::MAX_PASSES
            || params.p_cost() > Argon2Options::MAX_LANES;
        if dearest { Err(HashError::TooDear) } else { Ok(Self { algorithm, version, params, salt, output }) }
    }

    /// Makes up a hash that costs as much as any of today's and that no password is known to have: its output
    /// is random too.
    pub(crate) fn of_nobody(options: &Argon2Options) -> Result<Self, HashError> {
        let mut output = [0_u8; OUTPUT_BYTES];
        getrandom::fill(&mut output).map_err(|_| HashError::NoResources)?;
        Self::unfilled(options, &output)
    }

    /// Hashes a password with today's parameters and a fresh salt.
    pub(crate) fn make(
        password: &Password,
        options: &Argon2Options,
        memory: &mut HashMemory,
    ) -> Result<PasswordHash, HashError> {
        let mut hash = Self::unfilled(options, &[0; OUTPUT_BYTES])?;
        let output = hash.compute(password, memory)?;
        hash.output = Output::new(&output).map_err(|_| HashError::NoResources)?;
        hash.to_phc()
    }

    /// Tells whether the hash is that password's, in a time that doesn't depend on how alike they are.
    pub(crate) fn matches(&self, password: &Password, memory: &mut HashMemory) -> Result<bool, HashError> {
        let computed = self.compute(password, memory)?;
        Ok(computed.ct_eq(self.output.as_bytes()).into())
    }

    /// Tells whether a hash of today's would be dearer to guess, or of a better kind. Lanes don't count: they
    /// neither add nor save work.
    pub(crate) fn is_weaker_than(&self, options: &Argon2Options) -> bool {
        self.algorithm != Algorithm::Argon2id
            || self.version != Version::V0x13
            || self.params.m_cost() < options.memory_kib
            || self.params.t_cost() < options.passes
            || self.salt.len() < SALT_BYTES
            || self.output.len() < OUTPUT_BYTES
    }

    fn unfilled(options: &Argon2Options, output: &[u8]) -> Result<Self, HashError> {
        let mut salt = [0_u8; SALT_BYTES];
        getrandom::fill(&mut salt).map_err(|_| HashError::NoResources)?;
        let params = Params::new(options.memory_kib, options.passes, options.lanes, Some(OUTPUT_BYTES))
            .map_err(|_| HashError::TooDear)?;
        Ok(Self {
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
            params,
            salt: Salt::new(&salt).map_err(|_| HashError::NoResources)?,
            output: Output::new(output).map_err(|_| HashError::NoResources)?,
        })
    }

    fn compute(&self, password: &Password, memory: &mut HashMemory) -> Result<Vec<u8>, HashError> {
        let blocks = memory.blocks(self.params.block_count()).map_err(|_| HashError::NoResources)?;
        let mut output = vec![0_u8; self.output.len()];
        Argon2::new(self.algorithm, self.version, self.params.clone())
            .hash_password_into_with_memory(password.as_bytes(), &self.salt, &mut output, blocks)
            .map_err(|_| HashError::Unreadable)?;
        Ok(output)
    }

    fn to_phc(&self) -> Result<PasswordHash, HashError> {
        let written = phc::PasswordHash {
            algorithm: self.algorithm.ident(),
            version: Some(self.version.into()),
            params: ParamsString::try_from(&self.params).map_err(|_| HashError::Unreadable)?,
            salt: Some(self.salt),
            hash: Some(self.output),
        };
        Ok(PasswordHash::new(written.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<StoredHash, HashError> {
        StoredHash::parse(&PasswordHash::new(text))
    }

    #[test]
    fn texts_that_are_not_argon2_hashes_are_unreadable() {
        for text in [
            "",
            "secret",
            "$argon2id$v=19$m=64,t=1,p=1",
            "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=20$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=7,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=16,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$2b$12$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert_eq!(parse(text).err(), Some(HashError::Unreadable), "{text}");
        }
    }

    #[test]
    fn a_stored_hash_cannot_ask_for_all_memory_or_all_time() {
        for params in ["m=1048577,t=1,p=1", "m=4294967295,t=1,p=1", "m=64,t=101,p=1", "m=1024,t=1,p=17"] {
            let text =
                format!("$argon2id$v=19${params}$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
            assert_eq!(parse(&text).err(), Some(HashError::TooDear), "{params}");
        }
    }

    #[test]
    fn hashes_that_the_reference_implementation_made_are_recognised_and_the_older_kinds_are_weaker() {
        // Made with its Python binding, argon2-cffi 25.1, for "password" and the salt "sixteen bytes ok".
        let options = Argon2Options { memory_kib: 64, passes: 2, ..Argon2Options::default() };
        let mut memory = HashMemory::default();
        for (text, weaker) in [
            ("$argon2id$v=19$m=64,t=2,p=1$c2l4dGVlbiBieXRlcyBvaw$4XZqr5nBL7NI40DNGoEYFAGRIedcFHyBJCVcfZCoNuE", false),
            ("$argon2i$v=19$m=64,t=2,p=1$c2l4dGVlbiBieXRlcyBvaw$pfoUe+2fCfzRP5XTYF3OPrSKnwHO+fp7bq7rDxPr5fw", true),
            ("$argon2id$v=16$m=64,t=2,p=1$c2l4dGVlbiBieXRlcyBvaw$HMIl43WF0qiuFJWZmg01hsJpDDMIht5zF46U3yR11/c", true),
            ("$argon2id$m=64,t=2,p=1$c2l4dGVlbiBieXRlcyBvaw$HMIl43WF0qiuFJWZmg01hsJpDDMIht5zF46U3yR11/c", true),
        ] {
            let stored = parse(text).unwrap();
            assert_eq!(stored.matches(&Password::attempt("password"), &mut memory), Ok(true), "{text}");
            assert_eq!(stored.matches(&Password::attempt("passwore"), &mut memory), Ok(false), "{text}");
            assert_eq!(stored.is_weaker_than(&options), weaker, "{text}");
        }
    }

    #[test]
    fn memory_used_before_changes_no_result() {
        let dear = Argon2Options { memory_kib: 64, passes: 3, ..Argon2Options::default() };
        let cheap = Argon2Options { memory_kib: 16, passes: 1, ..dear };
        let password = Password::attempt("correct horse");
        let mut used = HashMemory::default();
        for options in [&dear, &cheap, &dear] {
            let hash = StoredHash::make(&password, options, &mut used).unwrap();
            let stored = StoredHash::parse(&hash).unwrap();
            assert_eq!(stored.matches(&password, &mut HashMemory::default()), Ok(true));
            assert_eq!(stored.matches(&password, &mut used), Ok(true));
        }
    }

    #[test]
    fn nobodys_hash_costs_as_much_as_anybodys() {
        let options = Argon2Options { memory_kib: 64, passes: 1, ..Argon2Options::default() };
        let nobody = StoredHash::of_nobody(&options).unwrap();
        let made = StoredHash::make(&Password::attempt("x"), &options, &mut HashMemory::default()).unwrap();
        let somebody = StoredHash::parse(&made).unwrap();
        assert_eq!(nobody.params, somebody.params);
        assert_eq!(nobody.salt.len(), somebody.salt.len());
        assert_eq!(nobody.output.len(), somebody.output.len());
    }
}
