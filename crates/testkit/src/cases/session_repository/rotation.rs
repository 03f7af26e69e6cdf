//! Refresh tokens: each is good once, and a copy ends the session.

use std::sync::Arc;
use std::time::Duration;

use domain::model::{Session, SessionUser, Timestamp, TokenDigest, User};
use domain::port::{Rotation, RotationRequest};

use super::digest;
use crate::builders::BASE_TIME;
use crate::stores::Stores;
use crate::together::together;

fn exchange(presented: TokenDigest, successor: TokenDigest, now: Timestamp) -> RotationRequest {
    RotationRequest { presented, successor, now, expires_at: now.plus(Duration::from_secs(7200)) }
}

/// A few minutes into the session.
fn later() -> Timestamp {
    BASE_TIME.plus(Duration::from_millis(300_001))
}

async fn rotate(stores: &Stores, presented: u8, successor: u8) -> Rotation {
    let request = exchange(digest(presented), digest(successor), later());
    stores.sessions.rotate(request).await.expect("the store answers")
}

async fn is_live(stores: &Stores, session: &Session) -> bool {
    let found = stores.sessions.find(session.id).await.expect("the store answers").is_some();
    let listed = stores.sessions.list(session.user_id).await.expect("the store answers");
    assert_eq!(listed.iter().any(|other| other.id == session.id), found, "found and listed alike");
    found
}

pub async fn a_refresh_token_is_exchanged_for_its_successor(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let session = stores.add_session(ann.id, digest(1)).await;
    let request = exchange(digest(1), digest(2), later());
    let rotated = stores.sessions.rotate(request.clone()).await.expect("the store answers");
    let expected = Session { refreshed_at: request.now, expires_at: request.expires_at, ..session };
    let expected = SessionUser { session: expected, user: ann };
    assert_eq!(rotated, Rotation::Rotated(expected.clone()));
    assert_eq!(stores.sessions.find(expected.session.id).await.expect("it is read"), Some(expected));
}

pub async fn each_successor_is_exchanged_in_turn(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let session = stores.add_session(ann.id, digest(1)).await;
    for number in 1..20 {
        let rotated = rotate(stores, number, number + 1).await;
        assert!(matches!(rotated, Rotation::Rotated(_)), "exchange {number}: {rotated:?}");
    }
    assert!(is_live(stores, &session).await);
}

pub async fn an_exchange_shows_the_user_as_they_are_now(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    stores.add_session(ann.id, digest(1)).await;
    stores.users.set_disabled(ann.id, true).await.expect("it is changed");
    let Rotation::Rotated(live) = rotate(stores, 1, 2).await else { panic!("whether they may is the caller's matter") };
    assert_eq!(live.user, User { disabled: true, ..ann });
}

pub async fn a_token_used_again_ends_the_session(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let session = stores.add_session(ann.id, digest(1)).await;
    let other = stores.add_session(ann.id, digest(50)).await;
    let Rotation::Rotated(live) = rotate(stores, 1, 2).await else { panic!("it was the current one") };
    assert_eq!(rotate(stores, 1, 3).await, Rotation::Reused(live.session));
    assert!(!is_live(stores, &session).await);
    for digest in [1, 2, 3] {
        assert_eq!(rotate(stores, digest, 4).await, Rotation::Unknown, "of an ended session nothing is left");
    }
    assert!(is_live(stores, &other).await, "her other log-in goes on");
}

pub async fn a_token_used_several_exchanges_ago_ends_the_session_too(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let session = stores.add_session(ann.id, digest(1)).await;
    for number in 1..6 {
        rotate(stores, number, number + 1).await;
    }
    let reused = rotate(stores, 2, 99).await;
    assert!(matches!(&reused, Rotation::Reused(ended) if ended.id == session.id), "{reused:?}");
    assert!(!is_live(stores, &session).await);
    assert_eq!(rotate(stores, 6, 7).await, Rotation::Unknown, "the current token is worth nothing now");
}

pub async fn a_token_that_never_was_is_unknown(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let session = stores.add_session(ann.id, digest(1)).await;
    assert_eq!(rotate(stores, 7, 8).await, Rotation::Unknown);
    assert!(is_live(stores, &session).await);
    assert!(matches!(rotate(stores, 1, 2).await, Rotation::Rotated(_)), "nothing else happened");
}

pub async fn the_token_of_an_expired_session_is_unknown(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let session = stores.add_session(ann.id, digest(1)).await;
    for now in [session.expires_at, session.expires_at.plus(Duration::from_secs(1))] {
        let request = exchange(digest(1), digest(2), now);
        assert_eq!(stores.sessions.rotate(request).await.expect("the store answers"), Rotation::Unknown);
    }
    // The clock was wrong, say: until it expires the session is as it was.
    let last_moment = Timestamp::from_millis(session.expires_at.as_millis() - 1);
    let rotated = stores.sessions.rotate(exchange(digest(1), digest(2), last_moment)).await;
    assert!(matches!(rotated, Ok(Rotation::Rotated(_))), "{rotated:?}");
}

pub async fn an_exchange_moves_the_expiry(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let session = stores.add_session(ann.id, digest(1)).await;
    rotate(stores, 1, 2).await;
    let after_the_first_expiry = session.expires_at.plus(Duration::from_secs(1));
    let rotated = stores.sessions.rotate(exchange(digest(2), digest(3), after_the_first_expiry)).await;
    assert!(matches!(rotated, Ok(Rotation::Rotated(_))), "{rotated:?}");
}

pub async fn the_token_of_a_revoked_session_is_unknown(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    let session = stores.add_session(ann.id, digest(1)).await;
    rotate(stores, 1, 2).await;
    stores.sessions.revoke(ann.id, session.id).await.expect("it is ended");
    for digest in [1, 2] {
        assert_eq!(rotate(stores, digest, 3).await, Rotation::Unknown);
    }
}

/// Two tabs or a thief: whoever comes second shows that there are two, and the session ends.
pub async fn of_two_exchanges_of_one_token_one_succeeds_and_the_session_ends(stores: &Stores) {
    let ann = stores.add_user("ann").await;
    for round in 0..10_u8 {
        let token = round * 3 + 1;
        let session = stores.add_session(ann.id, digest(token)).await;
        let results = together([token + 1, token + 2].map(|successor| {
            let sessions = Arc::clone(&stores.sessions);
            let request = exchange(digest(token), digest(successor), later());
            async move { sessions.rotate(request).await.expect("the store answers") }
        }))
        .await;
        assert_eq!(results.iter().filter(|result| matches!(result, Rotation::Rotated(_))).count(), 1, "{results:?}");
        assert_eq!(results.iter().filter(|result| matches!(result, Rotation::Reused(_))).count(), 1, "{results:?}");
        assert!(!is_live(stores, &session).await);
        for digest in [token + 1, token + 2] {
            assert_eq!(rotate(stores, digest, 200).await, Rotation::Unknown, "the successor ended with it");
        }
    }
}
