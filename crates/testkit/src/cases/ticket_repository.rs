//! What every `TicketRepository` must do.

use std::sync::Arc;
use std::time::Duration;

use domain::model::{NewTicket, SessionId, Timestamp, TokenDigest};

use crate::builders::BASE_TIME;
use crate::stores::Stores;
use crate::together::together;

/// Makes one test per case of this port; the argument is awaited to give [`Stores`].
#[macro_export]
macro_rules! ticket_repository_contract {
    ($fresh:expr) => {
        $crate::__contract! { await ticket_repository, $crate::Stores, $fresh, [
            a_ticket_gives_its_session_once
            a_ticket_that_never_was_gives_nothing
            a_ticket_is_good_up_to_the_last_millisecond
            of_10_uses_of_a_ticket_at_once_one_gets_the_session
            every_ticket_of_a_session_is_good_by_itself
        ] }
    };
}

/// A digest like no other's.
const fn digest(number: u8) -> TokenDigest {
    TokenDigest::from_bytes([number; 32])
}

async fn a_session(stores: &Stores, name: &str, number: u8) -> SessionId {
    let user = stores.add_user(name).await;
    stores.add_session(user.id, digest(number)).await.id
}

/// Adds a ticket that is good for 30 seconds.
async fn add(stores: &Stores, session_id: SessionId, digest: TokenDigest) -> Timestamp {
    let expires_at = BASE_TIME.plus(Duration::from_secs(30));
    stores.tickets.insert(NewTicket { digest, session_id, expires_at }).await.expect("it is added");
    expires_at
}

async fn take(stores: &Stores, digest: TokenDigest, now: Timestamp) -> Option<SessionId> {
    stores.tickets.take(digest, now).await.expect("the store answers")
}

pub async fn a_ticket_gives_its_session_once(stores: &Stores) {
    let anns = a_session(stores, "ann", 1).await;
    let bobs = a_session(stores, "bob", 2).await;
    // Digests that begin and end alike, and hold bytes that aren't text.
    let mut bytes = [0xff; 32];
    bytes[15] = 0;
    let (first, second) = (TokenDigest::from_bytes([0xff; 32]), TokenDigest::from_bytes(bytes));
    add(stores, anns, first).await;
    add(stores, bobs, second).await;
    assert_eq!(take(stores, second, BASE_TIME).await, Some(bobs));
    assert_eq!(take(stores, second, BASE_TIME).await, None, "it was used");
    assert_eq!(take(stores, first, BASE_TIME).await, Some(anns));
    assert_eq!(take(stores, first, BASE_TIME).await, None, "it was used");
}

pub async fn a_ticket_that_never_was_gives_nothing(stores: &Stores) {
    assert_eq!(take(stores, digest(9), BASE_TIME).await, None);
    let session = a_session(stores, "ann", 1).await;
    add(stores, session, digest(8)).await;
    assert_eq!(take(stores, digest(9), BASE_TIME).await, None);
    assert_eq!(take(stores, digest(1), BASE_TIME).await, None, "a refresh token is no ticket");
    assert_eq!(take(stores, digest(8), BASE_TIME).await, Some(session), "and nobody else's is used up");
}

pub async fn a_ticket_is_good_up_to_the_last_millisecond(stores: &Stores) {
    let session = a_session(stores, "ann", 1).await;
    let expires_at = add(stores, session, digest(2)).await;
    let last = Timestamp::from_millis(expires_at.as_millis() - 1);
    assert_eq!(take(stores, digest(2), last).await, Some(session));
    for (number, late) in [(3, Duration::ZERO), (4, Duration::from_millis(1)), (5, Duration::from_secs(86_400))] {
        add(stores, session, digest(number)).await;
        assert_eq!(take(stores, digest(number), expires_at.plus(late)).await, None, "{late:?} too late");
    }
}

pub async fn of_10_uses_of_a_ticket_at_once_one_gets_the_session(stores: &Stores) {
    let session = a_session(stores, "ann", 1).await;
    for round in 10..15 {
        add(stores, session, digest(round)).await;
        let results = together((0..10).map(|_| {
            let tickets = Arc::clone(&stores.tickets);
            async move { tickets.take(digest(round), BASE_TIME).await.expect("the store answers") }
        }))
        .await;
        assert_eq!(results.into_iter().flatten().collect::<Vec<_>>(), [session], "round {round}");
    }
}

pub async fn every_ticket_of_a_session_is_good_by_itself(stores: &Stores) {
    let session = a_session(stores, "ann", 1).await;
    for number in 10..20 {
        add(stores, session, digest(number)).await;
    }
    for number in (10..20).rev() {
        assert_eq!(take(stores, digest(number), BASE_TIME).await, Some(session));
    }
}
