//! Reads the broadcaster and hands each event to whom it concerns.

use std::sync::{Arc, Weak};

use domain::model::{Delivery, Event, RoomId};
use domain::port::EventStream;
use futures_util::StreamExt;
use tokio::time::Instant;

use crate::close_reason::CloseReason;
use crate::hub::Hub;

/// Runs until the broadcaster or the hub is gone.
pub(crate) async fn run(hub: Weak<Hub>, mut events: EventStream) {
    while let Some(delivery) = events.next().await {
        let Some(hub) = hub.upgrade() else {
            return;
        };
        match delivery {
            Delivery::Event(event) => dispatch(&hub, event),
            Delivery::Lagged => hub.resync_all(),
        }
    }
}

fn dispatch(hub: &Arc<Hub>, event: Event) {
    match &event {
        Event::Timeline(message) => notify(hub, message.room_id, event),
        Event::Connected(notice) | Event::Disconnected(notice) => notify(hub, notice.room_id, event),
        Event::MemberJoined(notice, _) => {
            hub.registry().for_user(notice.user_id, |connection| connection.refresh(notice.room_id));
            notify(hub, notice.room_id, event);
        }
        Event::MemberLeft(notice) => {
            // At once, not after what waits for the room: nothing that was said later may reach them.
            // Afterwards the store is asked, in case that the news is old and they have come back since.
            hub.registry().for_user(notice.user_id, |connection| {
                connection.leave(notice.room_id);
                connection.refresh(notice.room_id);
            });
            notify(hub, notice.room_id, event);
        }
        Event::RoomChanged(room_id) => notify(hub, *room_id, event),
        Event::Marked(notice) => notify(hub, notice.room_id, event),
        Event::Typing(notice) => notify(hub, notice.room_id, event),
        Event::UserChanged(user_id) => {
            if hub.connections_of(*user_id) > 0 {
                let (hub, user_id) = (Arc::clone(hub), *user_id);
                hub.tasks.clone().spawn(async move { hub.reload_user(user_id).await });
            }
        }
        Event::Presence(report) => hub.presence.take_report(report, Instant::now()),
        Event::SessionRevoked { session_id, user_id } => {
            hub.registry().close_session(*user_id, *session_id, CloseReason::SESSION_REVOKED);
        }
        Event::UserRevoked { user_id, disabled } => {
            let reason = if *disabled { CloseReason::ACCOUNT_DISABLED } else { CloseReason::SESSION_REVOKED };
            hub.registry().close_user(*user_id, reason);
        }
    }
}

fn notify(hub: &Hub, room_id: RoomId, event: Event) {
    if let Some(room) = hub.room(room_id) {
        room.notify(event);
    }
}
