//! One connection to one room, as the seed's socket offers it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use domain::model::{Actor, Event, MemberNotice, MessageBody, Nonce, PageSize, RoomId, RoomRef, RoomRev};
use domain::port::RepositoryError;
use domain::usecase::{PostMessage, RoomError, join_room, post_message};
use domain::{Action, Denied, ErrorCode, ErrorKind, UseCaseError, authorize};
use protocol::{SeedCommand, SeedFrame};
use tokio::time::{sleep, timeout};
use tracing::warn;

use crate::close_reason::CloseReason;
use crate::error::ConnectError;
use crate::frame::{Dialect, TimelineFrame, encode_seed};
use crate::hub::Hub;
use crate::outbox::{Drained, Found, Missing, Outbox, Pending, Start};
use crate::room::RoomChannel;

/// How long a connection waits for its room to be read.
const READY: Duration = Duration::from_secs(5);
/// How many changes a connection that fell behind reads at once.
const PAGE: u16 = 100;
/// How long to wait after the store failed.
const RETRY: Duration = Duration::from_millis(500);

/// A connection to one room. Dropping it disconnects.
#[derive(Debug)]
pub struct SeedConnection {
    hub: Arc<Hub>,
    actor: Actor,
    id: u64,
    outbox: Arc<Outbox>,
    room: Option<Arc<RoomChannel>>,
}

impl SeedConnection {
    pub(crate) async fn open(hub: Arc<Hub>, actor: Actor, room: &RoomRef) -> Result<Self, ConnectError> {
        let outbox = Arc::new(Outbox::new(actor.user_id, Dialect::Seed, actor.privacy));
        let id = hub.register(&actor, &outbox)?;
        let mut connection = Self { hub, actor, id, outbox, room: None };
        connection.enter(room).await?;
        Ok(connection)
    }

    /// Subscribes first and checks rights and session afterwards, so that a right taken away meanwhile is
    /// seen either by the check or as an event.
    async fn enter(&mut self, room: &RoomRef) -> Result<(), ConnectError> {
        let ports = &self.hub.ports;
        let access = ports.rooms.access(room, self.actor.user_id).await?.ok_or(Denied::Hidden).map_err(denied)?;
        authorize(&self.actor, Action::Read, &access).map_err(denied)?;
        let found = access.room;
        if access.membership.is_none() && found.archived_at.is_none() {
            join_room(ports, &self.actor, &RoomRef::Id(found.id)).await?;
        }
        self.outbox.begin(found.id, Start::AtHead, false);
        let (channel, first) = self.hub.subscribe(&found, self.id, &self.outbox);
        self.room = Some(Arc::clone(&channel));
        if first {
            ports.broadcaster.publish(Event::Connected(self.notice(&channel))).await;
        }
        let mut ready = channel.ready.subscribe();
        // Only the answer is kept: what `wait_for` gives can't be held across an await of a task that moves.
        let is_ready = timeout(READY, ready.wait_for(|ready| *ready)).await.is_ok_and(|waited| waited.is_ok());
        if !is_ready {
            return Err(ConnectError::NotReady);
        }
        match self.check(found.id).await? {
            None => Ok(()),
            Some(CloseReason::NOT_A_MEMBER) => Err(denied(Denied::NotAMember)),
            Some(_) => Err(ConnectError::SessionEnded),
        }
    }

    /// Finds out why the connection must not go on, if there is a reason.
    async fn check(&self, room: RoomId) -> Result<Option<CloseReason>, RepositoryError> {
        let ports = &self.hub.ports;
        if ports.sessions.find(self.actor.session_id).await?.is_none() {
            return Ok(Some(CloseReason::SESSION_REVOKED));
        }
        let access = ports.rooms.access(&RoomRef::Id(room), self.actor.user_id).await?;
        let out = access.is_none_or(|access| access.membership.is_none() && access.room.archived_at.is_none());
        Ok(out.then_some(CloseReason::NOT_A_MEMBER))
    }

    /// Gives the actor whose connection it is.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Carries out one command. Commands of a connection are carried out in the order of the calls, if each is
    /// awaited before the next. What goes wrong comes back as an `error` frame.
    pub async fn receive(&self, text: &str) {
        if let Err((code, message)) = self.post(text).await {
            self.refuse(code, &message);
        }
    }

    /// Sends an `error` frame.
    pub fn refuse(&self, code: ErrorCode, message: &str) {
        self.outbox.try_reply(encode_seed(&SeedFrame::error(code, message)));
    }

    /// Waits for frames and moves them into `into`, in the order to send them; or says that the connection
    /// has to be closed. Nothing is lost if the future is dropped. A connection that fell behind gets what it
    /// missed from the store here, at its own speed.
    pub async fn drain(&self, into: &mut Vec<Bytes>) -> Drained {
        loop {
            match self.outbox.take(into) {
                Pending::Frames => return Drained::Frames,
                Pending::Close(reason) => return Drained::Close(reason),
                Pending::CatchUp(_, Missing::Changes(after)) => self.catch_up(after).await,
                // Only the gateway begins with the newest messages, and reads single rooms again.
                Pending::CatchUp(room, Missing::Latest) => drop(self.outbox.end(room)),
                Pending::Refresh(room, wish) => self.outbox.refreshed(room, wish),
                Pending::Recheck(wish) => self.recheck(wish).await,
                Pending::Nothing => self.outbox.woken().await,
            }
        }
    }

    async fn post(&self, text: &str) -> Result<(), (ErrorCode, String)> {
        let bad = |error: &dyn std::error::Error| (ErrorCode::BadRequest, error.to_string());
        let command = SeedCommand::parse(text).map_err(|error| bad(&error))?;
        let body = MessageBody::parse(command.content).map_err(|error| (error.code(), format!("content {error}")))?;
        let nonce = command.nonce.as_deref().map(Nonce::parse).transpose();
        let nonce = nonce.map_err(|error| (error.code(), format!("nonce {error}")))?;
        let Some(room) = &self.room else {
            return Err((ErrorCode::NotFound, "there is no such room".to_owned()));
        };
        let input = PostMessage { room: RoomRef::Id(room.id), body, nonce, reply_to: None, thread: None };
        match post_message(&self.hub.ports, &self.actor, input).await {
            Ok(posted) if posted.duplicate => {
                // The room won't show it again, and the sender needs an answer.
                let viewer = Some(self.actor.user_id);
                self.outbox.reply(encode_seed(&SeedFrame::timeline(&posted.message, &room.label, viewer)));
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::Internal => {
                warn!(user = %self.actor.user_id, room = %room.id, cause = ?error, "a message could not be posted");
                Err((ErrorCode::Internal, "the message could not be posted; try again".to_owned()))
            }
            Err(error) => Err((error.code(), error.to_string())),
        }
    }

    async fn catch_up(&self, after: RoomRev) {
        let Some(room) = &self.room else {
            return;
        };
        match self.hub.ports.messages.changes(room.id, after, PageSize::clamped(None, PAGE, PAGE)).await {
            Ok(page) => {
                let read = page.items.last().map_or(after, |last| last.rev);
                let through = if page.more { read } else { read.max(page.head.rev) };
                let viewer = self.actor.user_id;
                let frame = |message| TimelineFrame::new(message, &room.label, (message.rev, after));
                let bytes = |message| frame(message).bytes_for(Dialect::Seed, viewer).cloned();
                let frames: Vec<_> = page.items.iter().filter_map(bytes).collect();
                let found = Found { missing: Missing::Changes(after), frames, through };
                self.outbox.push_missed(room.id, found, || room.head());
            }
            Err(error) => {
                warn!(room = %room.id, cause = ?error, "a slow connection can't catch up; trying again");
                sleep(RETRY).await;
            }
        }
    }

    /// Checks session and membership again, after events were lost.
    async fn recheck(&self, wish: u64) {
        let Some(room) = &self.room else {
            return;
        };
        match self.check(room.id).await {
            Ok(reason) => {
                self.outbox.rechecked(wish);
                if let Some(reason) = reason {
                    self.outbox.close(reason);
                }
            }
            Err(error) => {
                warn!(room = %room.id, cause = ?error, "a connection can't be checked; trying again");
                sleep(RETRY).await;
            }
        }
    }

    fn notice(&self, room: &RoomChannel) -> MemberNotice {
        MemberNotice {
            room_id: room.id,
            user_id: self.actor.user_id,
            username: self.actor.username.clone(),
            at: self.hub.ports.clock.now(),
        }
    }
}

impl Drop for SeedConnection {
    fn drop(&mut self) {
        self.hub.unregister(self.actor.user_id, self.id);
        if let Some(room) = self.room.take()
            && room.unsubscribe(self.id)
        {
            let event = Event::Disconnected(self.notice(&room));
            let broadcaster = Arc::clone(&self.hub.ports.broadcaster);
            self.hub.tasks.spawn(async move { broadcaster.publish(event).await });
        }
    }
}

fn denied(reason: Denied) -> ConnectError {
    ConnectError::Room(RoomError::Denied(reason))
}
