//! New secrets and their digests.

use crate::model::{RefreshToken, Ticket, TokenDigest};

/// Makes opaque secrets of at least 256 random bits, and the digests they are stored under.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait SecretGenerator: Send + Sync {
    /// Makes a refresh token from a cryptographic source of randomness.
    fn refresh_token(&self) -> RefreshToken;

    /// Makes a gateway ticket from a cryptographic source of randomness: letters, digits, `-` and `_` only.
    fn ticket(&self) -> Ticket;

    /// Gives the digest of a ticket, as [`Self::digest`] does of a refresh token.
    fn ticket_digest(&self, ticket: &Ticket) -> TokenDigest;

    /// Gives the digest of a refresh token: the same for the same token, useless for guessing it.
    fn digest(&self, token: &RefreshToken) -> TokenDigest;
}
