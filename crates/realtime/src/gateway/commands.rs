//! Carries out what clients of the gateway ask for.

use std::sync::PoisonError;

use domain::model::{ChosenPresence, RoomRef};
use domain::usecase::{
    ChangedMessage, EditMessage, MarkRead, MessageError, PostMessage, RoomError, choose_presence, delete_message,
    edit_message, mark_read, post_message, react, signal_typing, unreact,
};
use domain::{Action, Denied, ErrorCode, authorize};
use protocol::{GatewayCommand, GatewayFrame, GatewayRequest, MarkerDto, MessageDto, OkFrame, PongFrame};
use serde_json::Value;
use tokio::time::Instant;

use super::connection::GatewayConnection;
use super::refusal::{message_refusal, refusal};
use crate::frame::encode;

impl GatewayConnection {
    /// Carries out one command; the reply goes through the queue. Commands of a connection are carried out in the order
    /// of the calls, if each is awaited before the next. Waits while the client takes no replies.
    pub async fn carry_out(&self, request: GatewayRequest) {
        self.link.outbox.has_room().await;
        let GatewayRequest { id, command } = request;
        if shows_activity(&command) {
            self.hub.presence.note_activity(self.actor.user_id, Instant::now());
        }
        let (ports, actor) = (&self.hub.ports, &self.actor);
        match command {
            GatewayCommand::Auth { .. } => {
                self.refuse(id, ErrorCode::BadRequest, "you are signed in already", None);
            }
            GatewayCommand::Sync(sync) => self.sync(id, sync).await,
            GatewayCommand::Send(input) => self.send(id, input).await,
            GatewayCommand::Edit(input) => self.edit(id, input).await,
            GatewayCommand::Delete(message) => {
                self.answer_change(id, delete_message(ports, actor, message).await);
            }
            GatewayCommand::React(message, emoji) => {
                self.answer_change(id, react(ports, actor, message, emoji).await);
            }
            GatewayCommand::Unreact(message, emoji) => {
                self.answer_change(id, unreact(ports, actor, message, emoji).await);
            }
            GatewayCommand::Mark(input) => self.mark(id, input).await,
            GatewayCommand::Typing { room, on } => self.typing(id, &room, on).await,
            GatewayCommand::Focus { room, .. } => self.focus(id, room.as_ref()).await,
            GatewayCommand::Presence(chosen) => self.choose(id, chosen).await,
            GatewayCommand::Ping => self.link.outbox.reply(encode(&GatewayFrame::Pong(PongFrame { id }))),
            GatewayCommand::Pong => {}
        }
    }

    async fn send(&self, id: Option<Value>, input: PostMessage) {
        match post_message(&self.hub.ports, &self.actor, input).await {
            Ok(posted) => {
                let message = MessageDto::in_frame(&posted.message, &posted.room.label(), Some(self.actor.user_id));
                let (message, duplicate) = (Some(Box::new(message)), Some(posted.duplicate));
                self.send_ok(OkFrame { id, message, duplicate, marker: None });
            }
            Err(error) => self.send_error(refusal(&self.actor, id, &error)),
        }
    }

    async fn edit(&self, id: Option<Value>, input: EditMessage) {
        let outcome = edit_message(&self.hub.ports, &self.actor, input).await;
        self.answer_change(id, outcome);
    }

    fn answer_change(&self, id: Option<Value>, outcome: Result<ChangedMessage, MessageError>) {
        match outcome {
            Ok((room, message)) => {
                let message = MessageDto::in_frame(&message, &room.label(), Some(self.actor.user_id));
                self.send_ok(OkFrame { id, message: Some(Box::new(message)), ..OkFrame::default() });
            }
            Err(error) => self.send_error(message_refusal(&self.actor, id, &error)),
        }
    }

    async fn mark(&self, id: Option<Value>, input: MarkRead) {
        match mark_read(&self.hub.ports, &self.actor, input).await {
            Ok((room_id, state)) => {
                let marker = Some(MarkerDto::new(room_id, &state));
                self.send_ok(OkFrame { id, marker, ..OkFrame::default() });
            }
            Err(error) => self.send_error(refusal(&self.actor, id, &error)),
        }
    }

    async fn typing(&self, id: Option<Value>, room: &RoomRef, on: bool) {
        match signal_typing(&self.hub.ports, &self.actor, room, on).await {
            Ok(room_id) => {
                let mut typing_in = self.typing_in.lock().unwrap_or_else(PoisonError::into_inner);
                *typing_in = on.then_some(room_id);
                drop(typing_in);
                self.confirm(id);
            }
            Err(error) => self.send_error(refusal(&self.actor, id, &error)),
        }
    }

    /// Notes which room the user looks at, and shows how far others have read there.
    async fn focus(&self, id: Option<Value>, room: Option<&RoomRef>) {
        if let Some(room) = room
            && let Err(error) = self.show_receipts(room).await
        {
            return self.send_error(refusal(&self.actor, id, &error));
        }
        self.confirm(id);
    }

    async fn show_receipts(&self, room: &RoomRef) -> Result<(), RoomError> {
        let ports = &self.hub.ports;
        let access = ports.rooms.access(room, self.actor.user_id).await?.ok_or(Denied::Hidden)?;
        authorize(&self.actor, Action::Mark, &access)?;
        if let Some(receipts) = ports.read_states.receipts(access.room.id).await? {
            let receipts: Vec<_> = receipts.iter().map(|receipt| (receipt.user_id, receipt.read_seq)).collect();
            self.link.outbox.add_receipts(access.room.id, &receipts);
        }
        Ok(())
    }

    async fn choose(&self, id: Option<Value>, chosen: ChosenPresence) {
        match choose_presence(&self.hub.ports, &self.actor, chosen).await {
            Ok(()) => self.confirm(id),
            Err(error) => self.send_error(refusal(&self.actor, id, &error)),
        }
    }

    /// Answers a command that may be sent without waiting for an answer.
    fn confirm(&self, id: Option<Value>) {
        if id.is_some() {
            self.send_ok(OkFrame { id, ..OkFrame::default() });
        }
    }
}

/// Tells whether a command is a sign of the user themselves, not only of their client.
fn shows_activity(command: &GatewayCommand) -> bool {
    match command {
        GatewayCommand::Focus { visible, .. } => *visible,
        GatewayCommand::Auth { .. } | GatewayCommand::Sync(_) | GatewayCommand::Ping | GatewayCommand::Pong => false,
        _ => true,
    }
}
