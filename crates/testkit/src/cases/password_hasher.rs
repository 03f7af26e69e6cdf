//! What every `PasswordHasher` must do.

use std::sync::Arc;

use domain::model::{Password, PasswordHash};
use domain::port::{PasswordCheck, PasswordError, PasswordHasher};

use crate::together::together;

/// Makes one test per case of this port; the argument gives an `Arc` of it.
#[macro_export]
macro_rules! password_hasher_contract {
    ($make:expr) => {
        $crate::__contract! { async password_hasher, ::std::sync::Arc<dyn ::domain::port::PasswordHasher>, $make, [
            a_password_matches_its_hash_and_needs_no_new_one
            another_password_does_not_match
            without_a_hash_nothing_matches
            the_same_password_twice_has_two_hashes
            every_byte_of_a_password_counts
            a_hash_tells_nothing_of_the_password
            a_hash_that_cannot_be_read_is_a_failure_and_no_match
            many_checks_at_once_are_answered_truly_or_refused
        ] }
    };
}

fn password(text: &str) -> Password {
    Password::parse(text).expect("a valid password")
}

async fn hash(hasher: &Arc<dyn PasswordHasher>, password: &Password) -> PasswordHash {
    hasher.hash(password).await.expect("it is hashed")
}

async fn check(hasher: &Arc<dyn PasswordHasher>, attempt: &Password, hash: Option<&PasswordHash>) -> PasswordCheck {
    hasher.check(attempt, hash.cloned()).await.expect("it is checked")
}

pub async fn a_password_matches_its_hash_and_needs_no_new_one(hasher: &Arc<dyn PasswordHasher>) {
    let right = password("correct horse");
    let hash = hash(hasher, &right).await;
    assert_eq!(check(hasher, &right, Some(&hash)).await, PasswordCheck::Match { rehash: None });
}

pub async fn another_password_does_not_match(hasher: &Arc<dyn PasswordHasher>) {
    let hash = hash(hasher, &password("correct horse")).await;
    for wrong in ["", "x", "Correct horse", "correct horse ", "correct hors", " correct horse"] {
        let checked = check(hasher, &Password::attempt(wrong), Some(&hash)).await;
        assert_eq!(checked, PasswordCheck::Mismatch, "{wrong:?}");
    }
}

pub async fn without_a_hash_nothing_matches(hasher: &Arc<dyn PasswordHasher>) {
    for attempt in ["", "correct horse", "password", "dummy password"] {
        assert_eq!(check(hasher, &Password::attempt(attempt), None).await, PasswordCheck::Mismatch);
    }
}

pub async fn the_same_password_twice_has_two_hashes(hasher: &Arc<dyn PasswordHasher>) {
    let same = password("correct horse");
    let (one, two) = (hash(hasher, &same).await, hash(hasher, &same).await);
    assert_ne!(one, two, "each hash has a salt of its own");
    for hash in [one, two] {
        assert!(matches!(check(hasher, &same, Some(&hash)).await, PasswordCheck::Match { .. }));
    }
}

/// Some algorithms stop at 72 bytes or at a NUL.
pub async fn every_byte_of_a_password_counts(hasher: &Arc<dyn PasswordHasher>) {
    let long = "é".repeat(Password::MAX_BYTES / 2);
    let almost = format!("{}x.", &long[..long.len() - 2]);
    for (right, wrong) in [(long.as_str(), almost.as_str()), ("nul\u{0}inside", "nul\u{0}other!"), ("🐎🔋📎", "🐎🔋🖇")]
    {
        let right = password(right);
        let hash = hash(hasher, &right).await;
        assert!(matches!(check(hasher, &right, Some(&hash)).await, PasswordCheck::Match { .. }));
        assert_eq!(check(hasher, &Password::attempt(wrong), Some(&hash)).await, PasswordCheck::Mismatch);
    }
    // One byte more than the longest password is not that password.
    let longest = "a".repeat(Password::MAX_BYTES);
    let hash = hash(hasher, &password(&longest)).await;
    let attempt = Password::attempt(&format!("{longest}a"));
    assert_eq!(check(hasher, &attempt, Some(&hash)).await, PasswordCheck::Mismatch);
}

pub async fn a_hash_tells_nothing_of_the_password(hasher: &Arc<dyn PasswordHasher>) {
    let hash = hash(hasher, &password("correct horse")).await;
    assert!(hash.as_str().starts_with('$'), "it is in PHC string format");
    assert!(!hash.as_str().contains("correct"));
    assert!(!format!("{hash:?}").contains(hash.as_str()), "nor does a log tell the hash");
}

pub async fn a_hash_that_cannot_be_read_is_a_failure_and_no_match(hasher: &Arc<dyn PasswordHasher>) {
    for unreadable in ["", "correct horse", "$", "$argon2id$", "$unknown$v=1$c2FsdA$aGFzaA"] {
        let checked = hasher.check(&password("correct horse"), Some(PasswordHash::new(unreadable))).await;
        assert_eq!(checked, Err(PasswordError::Failed), "{unreadable:?}");
    }
}

/// A storm of log-ins may be turned away, but nobody gets another's answer.
pub async fn many_checks_at_once_are_answered_truly_or_refused(hasher: &Arc<dyn PasswordHasher>) {
    let hash = hash(hasher, &password("correct horse")).await;
    let results = together((0..16).map(|number| {
        let (hasher, hash, right) = (Arc::clone(hasher), hash.clone(), number % 2 == 0);
        let attempt = password(if right { "correct horse" } else { "incorrect horse" });
        async move { (right, hasher.check(&attempt, Some(hash)).await) }
    }))
    .await;
    let mut answered = 0;
    for (right, result) in results {
        match result {
            Ok(check) => {
                assert_eq!(matches!(check, PasswordCheck::Match { .. }), right);
                answered += 1;
            }
            Err(PasswordError::Overloaded) => {}
            Err(PasswordError::Failed) => panic!("being busy is no failure"),
        }
    }
    assert!(answered > 0, "somebody is let through");
}
