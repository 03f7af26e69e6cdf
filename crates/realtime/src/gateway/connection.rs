//! A connection of the gateway, as an edge holds it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use domain::ErrorCode;
use domain::model::{Actor, ChosenPresence, Event, RoomId, TypingNotice};
use domain::port::RepositoryError;
use protocol::{ErrorFrame, GatewayFrame, HelloFrame, LimitsDto, OkFrame, UserDto, format_time};
use serde_json::Value;
use tokio::time::{Instant, sleep, sleep_until};
use tracing::warn;

use super::link::Link;
use crate::error::ConnectError;
use crate::frame::{Dialect, encode};
use crate::hub::Hub;
use crate::outbox::{Drained, Outbox, Pending};

/// How often a connection gets a heartbeat.
const HEARTBEAT: Duration = Duration::from_secs(25);
/// How long to wait after the store failed.
const RETRY: Duration = Duration::from_millis(500);
/// What this server can do.
const FEATURES: &[&str] =
    &["edits", "mentions", "pins", "presence", "reactions", "receipts", "replies", "threads", "typing"];

/// A connection to everything its user can see. Dropping it disconnects.
#[derive(Debug)]
pub struct GatewayConnection {
    pub(super) hub: Arc<Hub>,
    pub(super) actor: Actor,
    pub(super) link: Arc<Link>,
    heartbeat_at: Mutex<Instant>,
    /// Where the user was last shown as writing.
    pub(super) typing_in: Mutex<Option<RoomId>>,
}

impl GatewayConnection {
    /// Registers first and checks the session afterwards, so that its end is seen either by the check or as an event.
    pub(crate) async fn open(hub: Arc<Hub>, actor: Actor, limits: LimitsDto) -> Result<Self, ConnectError> {
        let outbox = Arc::new(Outbox::new(actor.user_id, Dialect::Gateway, actor.privacy));
        let link = hub.register_gateway(&actor, &outbox)?;
        hub.presence.connect(actor.user_id, ChosenPresence::default(), Instant::now());
        let heartbeat_at = Mutex::new(Instant::now() + HEARTBEAT);
        let connection = Self { hub, actor, link, heartbeat_at, typing_in: Mutex::default() };
        connection.greet(limits).await?;
        Ok(connection)
    }

    async fn greet(&self, limits: LimitsDto) -> Result<(), ConnectError> {
        let ports = &self.hub.ports;
        let live = ports.sessions.find(self.actor.session_id).await?.ok_or(ConnectError::SessionEnded)?;
        let epoch = ports.dataset.epoch().await?;
        self.hub.reload_presence(self.actor.user_id, live.user.privacy).await?;
        let hello = HelloFrame {
            epoch: epoch.as_str().to_owned(),
            session: self.actor.session_id.to_string(),
            user: UserDto::own(&live.user),
            heartbeat_ms: u64::try_from(HEARTBEAT.as_millis()).unwrap_or(u64::MAX),
            limits,
            features: FEATURES.iter().map(|feature| (*feature).to_owned()).collect(),
            server_time: format_time(ports.clock.now()),
        };
        self.link.outbox.reply(encode(&GatewayFrame::Hello(Box::new(hello))));
        Ok(())
    }

    /// Gives the actor whose connection it is.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Sends an `error` frame.
    pub fn refuse(&self, id: Option<Value>, code: ErrorCode, message: &str, retry_after: Option<Duration>) {
        let retry_after_ms = retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1));
        let code = code.as_str().to_owned();
        let frame = ErrorFrame { id, code, message: message.to_owned(), retry_after_ms, current: None };
        // Whoever floods without reading isn't told every time.
        self.link.outbox.try_reply(encode(&GatewayFrame::Error(frame)));
    }

    /// Waits for frames and moves them into `into`, in the order to send them; or says that the connection
    /// has to be closed. Nothing is lost if the future is dropped. What the connection missed is read from the store
    /// here, at its own speed, and heartbeats are made here.
    pub async fn drain(&self, into: &mut Vec<Bytes>) -> Drained {
        loop {
            match self.link.outbox.take(into) {
                Pending::Frames => return Drained::Frames,
                Pending::Close(reason) => return Drained::Close(reason),
                Pending::Nothing => self.wait().await,
                work => tokio::select! {
                    biased;
                    // Neither closing nor a sign of life waits for the store; what isn't done is taken up again.
                    () = self.link.outbox.closing() => {}
                    () = self.heartbeat() => {}
                    () = Box::pin(self.work(work)) => {}
                },
            }
        }
    }

    /// Does what a connection does for itself between frames.
    async fn work(&self, pending: Pending) {
        match pending {
            Pending::CatchUp(room, missing) => self.catch_up(room, missing).await,
            Pending::Refresh(room, wish) => {
                if self.succeeded(self.refresh_room(room).await).await {
                    self.link.outbox.refreshed(room, wish);
                }
            }
            Pending::Recheck(wish) => {
                if self.succeeded(self.recheck().await).await {
                    self.link.outbox.rechecked(wish);
                }
            }
            Pending::Frames | Pending::Close(_) | Pending::Nothing => {}
        }
    }

    async fn wait(&self) {
        tokio::select! {
            biased;
            () = self.heartbeat() => {}
            () = self.link.outbox.woken() => {}
        }
    }

    /// Waits until the next heartbeat is due and queues it.
    async fn heartbeat(&self) {
        let at = *self.heartbeat_at.lock().unwrap_or_else(PoisonError::into_inner);
        sleep_until(at).await;
        *self.heartbeat_at.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + HEARTBEAT;
        self.link.outbox.ping();
    }

    /// Tells whether the store answered; waits a moment if it didn't.
    async fn succeeded(&self, outcome: Result<(), RepositoryError>) -> bool {
        if let Err(error) = &outcome {
            warn!(user = %self.actor.user_id, cause = ?error, "a connection's rooms can't be read; trying again");
            sleep(RETRY).await;
        }
        outcome.is_ok()
    }

    pub(super) fn send_ok(&self, frame: OkFrame) {
        self.link.outbox.reply(encode(&GatewayFrame::Ok(frame)));
    }

    pub(super) fn send_error(&self, frame: ErrorFrame) {
        self.link.outbox.reply(encode(&GatewayFrame::Error(frame)));
    }
}

impl Drop for GatewayConnection {
    fn drop(&mut self) {
        let user_id = self.actor.user_id;
        self.hub.unregister(user_id, self.link.id);
        self.link.leave_all();
        self.hub.presence.disconnect(user_id, Instant::now(), self.hub.ports.clock.now());
        let writing = self.typing_in.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(room_id) = writing {
            let event = Event::Typing(TypingNotice { room_id, user_id, on: false });
            let broadcaster = Arc::clone(&self.hub.ports.broadcaster);
            self.hub.tasks.spawn(async move { broadcaster.publish(event).await });
        }
    }
}
