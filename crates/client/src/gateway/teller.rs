//! How events reach the program, which may be slow.

use tokio::sync::mpsc;

use crate::event::GatewayEvent;

/// Hands events over without ever waiting.
#[derive(Debug)]
pub(super) struct Teller {
    events: mpsc::Sender<GatewayEvent>,
    missed: bool,
}

impl Teller {
    pub(super) fn new(events: mpsc::Sender<GatewayEvent>) -> Self {
        Self { events, missed: false }
    }

    /// Tells an event, or leaves it out if there is no room or others were left out before.
    pub(super) fn tell(&mut self, event: GatewayEvent) {
        self.missed = self.missed || self.events.try_send(event).is_err();
    }

    /// Waits until it can be told that events were left out, and tells it; for ever if none were.
    pub(super) async fn tell_missed(&mut self) {
        if self.missed && self.events.send(GatewayEvent::Missed).await.is_ok() {
            self.missed = false;
        } else {
            std::future::pending::<()>().await;
        }
    }
}
