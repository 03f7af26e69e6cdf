//! Reads the broadcaster and hands each event to whom it concerns.

use std::sync::Weak;

use domain::model::{Delivery, Event};
use domain::port::EventStream;
use futures_util::StreamExt;

use crate::hub::Hub;
use crate::outbox::CloseReason;

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

fn dispatch(hub: &Hub, event: Event) {
    let room_id = match &event {
        Event::Timeline(message) => message.room_id,
        Event::Connected(notice)
        | Event::Disconnected(notice)
        | Event::MemberJoined(notice)
        | Event::MemberLeft(notice) => notice.room_id,
        Event::SessionRevoked { session_id, user_id } => {
            hub.close_session(*user_id, *session_id, CloseReason::SESSION_REVOKED);
            return;
        }
        Event::UserRevoked { user_id, disabled } => {
            let reason = if *disabled { CloseReason::ACCOUNT_DISABLED } else { CloseReason::SESSION_REVOKED };
            hub.close_user(*user_id, reason);
            return;
        }
    };
    if let Some(room) = hub.room(room_id) {
        room.notify(event);
    }
}
