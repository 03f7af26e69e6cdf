//! Subscribers don't depend on each other.

use std::collections::HashSet;
use std::sync::Arc;

use domain::model::{Delivery, Event, SessionId};

use super::delivery::{an_event, expect, next};
use crate::broadcasters::Broadcasters;
use crate::together::together;

/// More than any adapter keeps for a subscriber that doesn't read.
const FLOOD: usize = 5_000;

pub async fn publishing_without_a_subscriber_is_fine(ends: &Broadcasters) {
    for _ in 0..10 {
        ends.publisher.publish(an_event()).await;
    }
    let mut late = ends.publisher.subscribe();
    let event = an_event();
    ends.publisher.publish(event.clone()).await;
    expect(&mut late, &event).await;
}

pub async fn every_subscriber_receives_every_event(ends: &Broadcasters) {
    let mut subscribers: Vec<_> = (0..5).map(|_| ends.subscriber.subscribe()).collect();
    let events: Vec<Event> = (0..20).map(|_| an_event()).collect();
    for event in &events {
        ends.publisher.publish(event.clone()).await;
    }
    for subscriber in &mut subscribers {
        let mut missing: HashSet<SessionId> = events.iter().filter_map(session).collect();
        while !missing.is_empty() {
            match next(subscriber).await {
                Delivery::Event(event) => drop(session(&event).map(|id| missing.remove(&id))),
                Delivery::Lagged => panic!("nothing may be lost while nobody falls behind"),
            }
        }
    }
}

pub async fn a_subscriber_that_goes_away_disturbs_nobody(ends: &Broadcasters) {
    let leaver = ends.subscriber.subscribe();
    let mut stayer = ends.subscriber.subscribe();
    ends.publisher.publish(an_event()).await;
    drop(leaver);
    let event = an_event();
    ends.publisher.publish(event.clone()).await;
    expect(&mut stayer, &event).await;
}

/// Nobody waits for it, and once it reads it learns either everything or that it lost something.
pub async fn a_subscriber_that_does_not_read_holds_up_nobody_and_learns_of_its_loss(ends: &Broadcasters) {
    let mut sleeper = ends.subscriber.subscribe();
    let published = together((0..10).map(|_| {
        let publisher = Arc::clone(&ends.publisher);
        async move {
            let mut mine = Vec::new();
            for _ in 0..FLOOD / 10 {
                let event = an_event();
                mine.extend(session(&event));
                publisher.publish(event).await;
            }
            mine
        }
    }))
    .await;
    let mut reader = ends.subscriber.subscribe();
    let last = an_event();
    ends.publisher.publish(last.clone()).await;
    loop {
        // The newcomer may still see the end of the flood, and fall behind in it.
        if next(&mut reader).await == Delivery::Event(last.clone()) {
            break;
        }
    }
    let mut missing: HashSet<SessionId> = published.into_iter().flatten().collect();
    assert_eq!(missing.len(), FLOOD);
    while !missing.is_empty() {
        match next(&mut sleeper).await {
            Delivery::Event(event) => drop(session(&event).map(|id| missing.remove(&id))),
            Delivery::Lagged => return,
        }
    }
}

fn session(event: &Event) -> Option<SessionId> {
    match event {
        Event::SessionRevoked { session_id, .. } => Some(*session_id),
        _ => None,
    }
}
