//! Passwords are matched, hashed anew when the cost rises, and checked as dearly where there is no account.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail by panicking")]

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use domain::model::{Password, PasswordHash};
use domain::port::{PasswordCheck, PasswordError, PasswordHasher};
use futures_util::future::join_all;
use infra_auth::{Argon2Options, Argon2PasswordHasher, Argon2StartError};

const CHEAP: Argon2Options = Argon2Options { memory_kib: 64, passes: 2, lanes: 1, workers: 1, queue: 4 };

fn hasher(options: Argon2Options) -> Argon2PasswordHasher {
    Argon2PasswordHasher::start(options).unwrap()
}

fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

/// A hash of "correct horse" made with those parameters by the library's own high-level interface.
fn hash_of(algorithm: Algorithm, version: Version, params: Params) -> PasswordHash {
    let made = Argon2::new(algorithm, version, params).hash_password_with_salt(b"correct horse", &[7; 16]).unwrap();
    PasswordHash::new(made.to_string())
}

#[tokio::test]
async fn a_password_matches_its_hash_and_no_other_does() {
    let hasher = hasher(CHEAP);
    let hash = hasher.hash(&password("correct horse")).await.unwrap();
    assert!(hash.as_str().starts_with("$argon2id$v=19$m=64,t=2,p=1$"), "{}", hash.as_str());
    let right = hasher.check(&password("correct horse"), Some(hash.clone())).await;
    assert_eq!(right, Ok(PasswordCheck::Match { rehash: None }));
    for wrong in ["correct horsf", "correct hors", "correct horse ", "Correct horse", "", "correct horse\0"] {
        let checked = hasher.check(&Password::attempt(wrong), Some(hash.clone())).await;
        assert_eq!(checked, Ok(PasswordCheck::Mismatch), "{wrong:?}");
    }
}

#[tokio::test]
async fn one_password_hashed_twice_has_two_hashes() {
    let hasher = hasher(CHEAP);
    let (one, other) = (hasher.hash(&password("correct horse")).await, hasher.hash(&password("correct horse")).await);
    assert_ne!(one.unwrap(), other.unwrap());
}

#[tokio::test]
async fn a_weaker_or_older_hash_is_replaced_by_one_of_today() {
    let hasher = hasher(CHEAP);
    let params = |memory, passes, output| Params::new(memory, passes, 1, Some(output)).unwrap();
    let id = Algorithm::Argon2id;
    for weak in [
        hash_of(id, Version::V0x13, params(32, 2, 32)),
        hash_of(id, Version::V0x13, params(64, 1, 32)),
        hash_of(id, Version::V0x13, params(128, 1, 32)),
        hash_of(id, Version::V0x13, params(64, 2, 16)),
        hash_of(id, Version::V0x10, params(64, 2, 32)),
        hash_of(Algorithm::Argon2i, Version::V0x13, params(64, 2, 32)),
        hash_of(Algorithm::Argon2d, Version::V0x13, params(64, 2, 32)),
    ] {
        let wrong = hasher.check(&password("wrong horse"), Some(weak.clone())).await;
        assert_eq!(wrong, Ok(PasswordCheck::Mismatch));
        let right = hasher.check(&password("correct horse"), Some(weak.clone())).await;
        let Ok(PasswordCheck::Match { rehash: Some(strong) }) = right else { panic!("{}: {right:?}", weak.as_str()) };
        assert!(strong.as_str().starts_with("$argon2id$v=19$m=64,t=2,p=1$"));
        let again = hasher.check(&password("correct horse"), Some(strong)).await;
        assert_eq!(again, Ok(PasswordCheck::Match { rehash: None }));
    }
}

#[tokio::test]
async fn a_stronger_hash_is_left_alone() {
    let hasher = hasher(CHEAP);
    let strong = hash_of(Algorithm::Argon2id, Version::V0x13, Params::new(128, 3, 1, Some(32)).unwrap());
    let checked = hasher.check(&password("correct horse"), Some(strong)).await;
    assert_eq!(checked, Ok(PasswordCheck::Match { rehash: None }));
}

#[tokio::test]
async fn a_name_without_an_account_costs_one_hash_like_a_wrong_password() {
    let hasher = hasher(CHEAP);
    let hash = hasher.hash(&password("correct horse")).await.unwrap();
    let start = hasher.computed();
    assert_eq!(hasher.check(&password("wrong horse"), Some(hash)).await, Ok(PasswordCheck::Mismatch));
    let wrong = hasher.computed() - start;
    assert_eq!(hasher.check(&password("wrong horse"), None).await, Ok(PasswordCheck::Mismatch));
    let nobody = hasher.computed() - start - wrong;
    assert_eq!((wrong, nobody), (1, 1));
}

#[tokio::test]
async fn a_hash_that_cannot_be_read_is_a_failure_not_a_mismatch() {
    let hasher = hasher(CHEAP);
    for text in ["", "secret", "$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA"] {
        let checked = hasher.check(&password("correct horse"), Some(PasswordHash::new(text))).await;
        assert_eq!(checked, Err(PasswordError::Failed), "{text}");
    }
}

#[tokio::test]
async fn a_storm_is_served_as_far_as_the_queue_goes_and_refused_beyond() {
    let hasher = hasher(Argon2Options { memory_kib: 4096, ..CHEAP });
    let secret = password("correct horse");
    let results = join_all((0..50).map(|_| hasher.check(&secret, None))).await;
    let served = results.iter().filter(|result| **result == Ok(PasswordCheck::Mismatch)).count();
    let refused = results.iter().filter(|result| **result == Err(PasswordError::Overloaded)).count();
    assert_eq!(served + refused, 50);
    assert!((5..50).contains(&served), "{served} of 50 were served by 1 worker with 4 waiting");
    assert!(hasher.hash(&secret).await.is_ok(), "there is room again");
}

#[test]
fn options_out_of_bounds_start_nothing() {
    let started = Argon2PasswordHasher::start(Argon2Options { memory_kib: 1, ..CHEAP });
    assert!(matches!(started, Err(Argon2StartError::Options(_))));
}
