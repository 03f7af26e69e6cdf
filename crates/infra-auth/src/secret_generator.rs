//! Refresh tokens, tickets and their digests.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::model::{RefreshToken, Ticket, TokenDigest};
use domain::port::SecretGenerator;
use sha2::{Digest, Sha256};

use crate::random::random_bytes;

/// Makes refresh tokens and tickets of 256 random bits, written as 43 characters of base64url. Their digest is
/// SHA-256 of that text: a secret of full entropy needs neither salt nor slowness.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsSecretGenerator;

impl SecretGenerator for OsSecretGenerator {
    fn refresh_token(&self) -> RefreshToken {
        RefreshToken::new(URL_SAFE_NO_PAD.encode(random_bytes::<32>()))
    }

    fn ticket(&self) -> Ticket {
        Ticket::new(URL_SAFE_NO_PAD.encode(random_bytes::<32>()))
    }

    fn ticket_digest(&self, ticket: &Ticket) -> TokenDigest {
        TokenDigest::from_bytes(Sha256::digest(ticket.reveal().as_bytes()).into())
    }

    fn digest(&self, token: &RefreshToken) -> TokenDigest {
        TokenDigest::from_bytes(Sha256::digest(token.reveal().as_bytes()).into())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn tokens_are_distinct_and_carry_32_bytes() {
        let tokens: HashSet<_> = (0..1000).map(|_| OsSecretGenerator.refresh_token().reveal().to_owned()).collect();
        assert_eq!(tokens.len(), 1000);
        assert!(tokens.iter().all(|token| URL_SAFE_NO_PAD.decode(token).unwrap().len() == 32));
    }

    #[test]
    fn the_digest_is_sha_256_of_the_text() {
        // FIPS 180-4, the example for "abc".
        let digest = OsSecretGenerator.digest(&RefreshToken::new("abc"));
        assert_eq!(digest.as_bytes()[..4], [0xba, 0x78, 0x16, 0xbf]);
        assert_eq!(digest.as_bytes()[28..], [0xf2, 0x00, 0x15, 0xad]);
    }
}
