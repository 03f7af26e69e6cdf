//! What every `AccessTokens` must do.

use std::sync::Arc;
use std::time::Duration;

use domain::model::{AccessToken, SessionId, Timestamp, UserId};
use domain::port::{AccessClaims, AccessTokenError, AccessTokens};

use crate::builders::BASE_TIME;
use crate::ids::fresh_id;

/// Makes one test per case of this port; the argument gives an `Arc` of it.
#[macro_export]
macro_rules! access_tokens_contract {
    ($make:expr) => {
        $crate::__contract! { sync access_tokens, ::std::sync::Arc<dyn ::domain::port::AccessTokens>, $make, [
            a_token_states_what_was_signed_in_whole_seconds
            a_token_is_accepted_until_the_moment_it_expires
            a_token_with_any_character_changed_is_not_valid
            a_token_that_was_cut_or_lengthened_is_not_valid
            a_token_put_together_from_two_is_not_valid
            a_token_without_a_signature_is_not_valid
            what_is_no_token_at_all_is_not_valid
            a_forged_token_is_not_called_expired
        ] }
    };
}

fn claims() -> AccessClaims {
    AccessClaims {
        user_id: UserId::new(fresh_id()),
        session_id: SessionId::new(fresh_id()),
        issued_at: BASE_TIME,
        expires_at: BASE_TIME.plus(Duration::from_secs(3600)),
    }
}

fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_millis(time.as_millis().div_euclid(1000) * 1000)
}

fn verify(tokens: &Arc<dyn AccessTokens>, text: &str) -> Result<AccessClaims, AccessTokenError> {
    tokens.verify(&AccessToken::new(text), BASE_TIME)
}

pub fn a_token_states_what_was_signed_in_whole_seconds(tokens: &Arc<dyn AccessTokens>) {
    let claims = claims();
    let expected = AccessClaims {
        issued_at: whole_seconds(claims.issued_at),
        expires_at: whole_seconds(claims.expires_at),
        ..claims
    };
    assert_ne!(claims, expected, "the times of this case aren't whole seconds");
    assert_eq!(tokens.verify(&tokens.issue(&claims), BASE_TIME), Ok(expected));
}

pub fn a_token_is_accepted_until_the_moment_it_expires(tokens: &Arc<dyn AccessTokens>) {
    let claims = claims();
    let token = tokens.issue(&claims);
    let end = whole_seconds(claims.expires_at).as_millis();
    assert!(tokens.verify(&token, Timestamp::from_millis(end - 1)).is_ok());
    for late in [end, end + 1, end + 1000 * 60 * 60 * 24 * 365] {
        assert_eq!(tokens.verify(&token, Timestamp::from_millis(late)), Err(AccessTokenError::Expired));
    }
}

/// The last character of a part may hold bits that mean nothing, so that two spellings name the same bytes; all
/// others count.
pub fn a_token_with_any_character_changed_is_not_valid(tokens: &Arc<dyn AccessTokens>) {
    let token = tokens.issue(&claims());
    let text = token.reveal();
    for index in 0..text.len() {
        let last_of_part = text.as_bytes().get(index + 1).is_none_or(|next| *next == b'.');
        if last_of_part {
            continue;
        }
        let original = text.as_bytes()[index];
        let changed = if original == b'A' { "B" } else { "A" };
        let forged = format!("{}{changed}{}", &text[..index], &text[index + 1..]);
        assert_eq!(verify(tokens, &forged), Err(AccessTokenError::Invalid), "character {index} of {text} changed");
    }
}

pub fn a_token_that_was_cut_or_lengthened_is_not_valid(tokens: &Arc<dyn AccessTokens>) {
    let token = tokens.issue(&claims());
    let text = token.reveal();
    for end in 0..text.len() {
        assert_eq!(verify(tokens, &text[..end]), Err(AccessTokenError::Invalid), "cut to {end}");
    }
    for extra in ["A", "AAAA", ".", ".AAAA", " ", "\n", "="] {
        assert_eq!(verify(tokens, &format!("{text}{extra}")), Err(AccessTokenError::Invalid), "with {extra:?} added");
        assert_eq!(verify(tokens, &format!("{extra}{text}")), Err(AccessTokenError::Invalid), "after {extra:?}");
    }
}

pub fn a_token_put_together_from_two_is_not_valid(tokens: &Arc<dyn AccessTokens>) {
    let (one, two) = (tokens.issue(&claims()), tokens.issue(&claims()));
    let parts = |token: &AccessToken| token.reveal().split('.').map(ToOwned::to_owned).collect::<Vec<_>>();
    let (one, two) = (parts(&one), parts(&two));
    assert_eq!(one.len(), 3, "a token has a header, its claims and a signature");
    let forged = [one[0].as_str(), two[1].as_str(), one[2].as_str()].join(".");
    assert_eq!(verify(tokens, &forged), Err(AccessTokenError::Invalid));
}

pub fn a_token_without_a_signature_is_not_valid(tokens: &Arc<dyn AccessTokens>) {
    let token = tokens.issue(&claims());
    let claims = token.reveal().split('.').nth(1).expect("a token has claims");
    // {"alg":"none"}, {"alg":"none","typ":"JWT"} and {"alg":"NONE"}
    for header in ["eyJhbGciOiJub25lIn0", "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0", "eyJhbGciOiJOT05FIn0"] {
        for forged in [format!("{header}.{claims}."), format!("{header}.{claims}"), format!("{header}.{claims}.AAAA")] {
            assert_eq!(verify(tokens, &forged), Err(AccessTokenError::Invalid), "{forged}");
        }
    }
}

pub fn what_is_no_token_at_all_is_not_valid(tokens: &Arc<dyn AccessTokens>) {
    for text in
        ["", ".", "..", "...", "a.b.c", "Bearer x", "\u{0}", "👍.👍.👍", &"A".repeat(100_000), &".".repeat(1000)]
    {
        assert_eq!(verify(tokens, text), Err(AccessTokenError::Invalid));
    }
}

/// Telling whoever made a token up that it has expired would tell them that the rest was right.
pub fn a_forged_token_is_not_called_expired(tokens: &Arc<dyn AccessTokens>) {
    let token = tokens.issue(&claims());
    let long_after = BASE_TIME.plus(Duration::from_secs(1_000_000));
    assert_eq!(tokens.verify(&token, long_after), Err(AccessTokenError::Expired));
    let (signed, signature) = token.reveal().rsplit_once('.').expect("a token has a signature");
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{signed}.{first}{}", &signature[1..]);
    assert_eq!(tokens.verify(&AccessToken::new(forged), long_after), Err(AccessTokenError::Invalid));
}
