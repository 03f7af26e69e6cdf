//! Access tokens as JSON Web Tokens.

use std::collections::HashSet;
use std::fmt;

use domain::model::{AccessToken, SessionId, Timestamp, UserId};
use domain::port::{AccessClaims, AccessTokenError, AccessTokens};
use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::signing_key::SigningKey;

const ALGORITHM: Algorithm = Algorithm::HS256;
/// Who issues the tokens and who takes them.
const PARTY: &str = "chinwag";
/// The type of an access token, so that no other kind of token passes for one (RFC 9068, section 2.1).
const TOKEN_TYPE: &str = "at+jwt";
/// How far ahead of ours the clock of the node that issued a token may be, in seconds.
const MAX_CLOCK_LEAD: i64 = 60;
/// The longest token that is looked at; ours have about 330 bytes.
const MAX_TOKEN_BYTES: usize = 4096;

/// What a token states, as written in it. Every field is required and has one type; times are whole seconds since
/// 1970 (RFC 7519, section 4.1).
#[derive(Debug, Serialize, Deserialize)]
struct TokenDocument {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    iat: i64,
    exp: i64,
}

/// Signs and checks tokens with HMAC-SHA-256 and one key. A token is ours only if its header says exactly what
/// ours say: that algorithm, that key, that type and nothing else.
pub struct JwtAccessTokens {
    header: Header,
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl JwtAccessTokens {
    /// Makes tokens with that key.
    pub fn new(key: &SigningKey) -> Self {
        // Fails if one is installed already, which is as good: features leave only this one to install.
        let _ = DEFAULT_PROVIDER.install_default();
        let mut header = Header::new(ALGORITHM);
        header.typ = Some(TOKEN_TYPE.to_owned());
        header.kid = Some(key.fingerprint());
        Self {
            header,
            encoding: EncodingKey::from_secret(key.as_bytes()),
            decoding: DecodingKey::from_secret(key.as_bytes()),
            validation: signature_only(),
        }
    }
}

impl AccessTokens for JwtAccessTokens {
    fn issue(&self, claims: &AccessClaims) -> AccessToken {
        let document = TokenDocument {
            iss: PARTY.to_owned(),
            aud: PARTY.to_owned(),
            sub: claims.user_id.to_string(),
            sid: claims.session_id.to_string(),
            iat: whole_seconds(claims.issued_at),
            exp: whole_seconds(claims.expires_at),
        };
        let token = jsonwebtoken::encode(&self.header, &document, &self.encoding).unwrap_or_else(|error| {
            // Neither text, numbers nor this key can fail to be signed; should they, the token opens nothing.
            tracing::error!(%error, "an access token could not be signed");
            String::new()
        });
        AccessToken::new(token)
    }

    fn verify(&self, token: &AccessToken, now: Timestamp) -> Result<AccessClaims, AccessTokenError> {
        let text = token.reveal();
        if text.len() > MAX_TOKEN_BYTES {
            return Err(AccessTokenError::Invalid);
        }
        let decoded = jsonwebtoken::decode::<TokenDocument>(text, &self.decoding, &self.validation)
            .map_err(|_| AccessTokenError::Invalid)?;
        if decoded.header != self.header {
            return Err(AccessTokenError::Invalid);
        }
        let document = decoded.claims;
        let claims = read_claims(&document).ok_or(AccessTokenError::Invalid)?;
        let now = whole_seconds(now);
        // A token from the future is ours all the same: the clock was set back, and whoever holds it may go on with a
        // new one.
        if document.iat > now.saturating_add(MAX_CLOCK_LEAD) || document.exp <= now {
            return Err(AccessTokenError::Expired);
        }
        Ok(claims)
    }
}

impl fmt::Debug for JwtAccessTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtAccessTokens").field("kid", &self.header.kid).finish_non_exhaustive()
    }
}

/// Leaves to the library the algorithm and the signature alone: it reads the system's clock, allows leeway and
/// takes lists where we want one text, so everything else is checked here.
fn signature_only() -> Validation {
    let mut validation = Validation::new(ALGORITHM);
    validation.required_spec_claims = HashSet::new();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

fn read_claims(document: &TokenDocument) -> Option<AccessClaims> {
    if document.iss != PARTY || document.aud != PARTY {
        return None;
    }
    Some(AccessClaims {
        user_id: document.sub.parse::<UserId>().ok()?,
        session_id: document.sid.parse::<SessionId>().ok()?,
        issued_at: timestamp(document.iat)?,
        expires_at: timestamp(document.exp)?,
    })
}

fn whole_seconds(time: Timestamp) -> i64 {
    time.as_millis().div_euclid(1000)
}

fn timestamp(seconds: i64) -> Option<Timestamp> {
    seconds.checked_mul(1000).map(Timestamp::from_millis)
}
