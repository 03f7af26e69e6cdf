//! Tells others, once a second, what changed on the board.

use std::collections::HashSet;
use std::sync::{Arc, Weak};
use std::time::Duration;

use domain::model::{Event, UserId};
use protocol::PresenceDto;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tracing::warn;

use crate::hub::Hub;

/// How often.
const BEAT: Duration = Duration::from_secs(1);
/// How many users the store is told of at once.
const BATCH: usize = 1000;

/// Runs until the hub is gone.
pub(crate) async fn run(hub: Weak<Hub>) {
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        let Some(hub) = hub.upgrade() else {
            return;
        };
        let news = hub.presence.news(Instant::now(), hub.ports.clock.now());
        if !news.changed.is_empty() {
            show(&hub, &news.changed);
        }
        if let Some(report) = news.report {
            hub.ports.broadcaster.publish(Event::Presence(Arc::new(report))).await;
        }
        for seen in news.seen.chunks(BATCH) {
            if let Err(error) = hub.ports.presences.note_seen(seen).await {
                warn!(cause = ?error, users = seen.len(), "when users were last seen can't be stored");
            }
        }
    }
}

/// Tells every connection that shares a room with one of the users.
fn show(hub: &Hub, changed: &[(UserId, PresenceDto)]) {
    for room in hub.all_rooms() {
        let members: HashSet<UserId> = room.members_among(changed.iter().map(|(user, _)| user)).into_iter().collect();
        if members.is_empty() {
            continue;
        }
        let concerned: Vec<_> = changed.iter().filter(|(user, _)| members.contains(user)).collect();
        for outbox in room.gateway_outboxes(None) {
            for (user, presence) in &concerned {
                outbox.add_presence(*user, presence);
            }
        }
    }
}
