//! How a program speaks through a gateway.

use std::sync::{Arc, Mutex, PoisonError};

use protocol::{ErrorFrame, MarkerDto, MessageDto, OkFrame};
use serde_json::{Value, json};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use crate::outbox::{Answer, Command, OutgoingMessage};
use crate::replica::Replica;

/// Why a command didn't succeed.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum CommandError {
    /// The server refused for good, and says why.
    #[error("the server refused: {} ({})", .0.message, .0.code)]
    Refused(Box<ErrorFrame>),
    /// Too many commands wait for their answers. Nothing was sent.
    #[error("too many commands wait for their answers")]
    Full,
    /// The gateway stopped before there was an answer. What was asked for may have happened; under the same nonce it
    /// may be asked for again.
    #[error("the gateway stopped before there was an answer")]
    Stopped,
}

impl CommandError {
    /// Gives the server's error code, if the server refused.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(error) => Some(&error.code),
            Self::Full | Self::Stopped => None,
        }
    }

    /// Gives the message as it is now, if an edit was refused with `version_mismatch`.
    pub fn current(&self) -> Option<&MessageDto> {
        match self {
            Self::Refused(error) => error.current.as_deref(),
            Self::Full | Self::Stopped => None,
        }
    }
}

/// A message that the server has stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    /// The message.
    pub message: MessageDto,
    /// Whether the nonce had been used before and this is the message it made.
    pub duplicate: bool,
}

/// What is asked of the gateway's task.
#[derive(Debug)]
pub(super) enum Request {
    /// Do this until it is answered.
    Command(Command, oneshot::Sender<Result<OkFrame, CommandError>>),
    /// Say this now or never.
    Say(Value),
    /// Say this now and on every connection to come, in place of the last one with the same `op`.
    Keep(Value),
}

/// The way to speak through a [`Gateway`](crate::Gateway). Cheap to clone.
///
/// Every command is asked for again on the next connection until the server has answered it, and ends exactly once.
/// Commands about the same room, or the same message, are carried out in the order in which they were given. A command
/// whose future is dropped is still carried out.
#[derive(Debug, Clone)]
pub struct GatewayHandle {
    pub(super) requests: mpsc::Sender<Request>,
    pub(super) replica: Arc<Mutex<Replica>>,
}

impl GatewayHandle {
    /// Sends a message to a room, by id or name, under a new nonce.
    ///
    /// # Errors
    /// [`CommandError`].
    pub async fn send(&self, room: &str, content: &str) -> Result<Sent, CommandError> {
        self.send_message(OutgoingMessage::new(room, content)).await
    }

    /// Sends a message under its own nonce.
    ///
    /// # Errors
    /// [`CommandError`].
    pub async fn send_message(&self, message: OutgoingMessage) -> Result<Sent, CommandError> {
        let done = self.command(Command::Send(message)).await?;
        // An acknowledgement without the message isn't one.
        let message = *done.message.ok_or(CommandError::Stopped)?;
        Ok(Sent { message, duplicate: done.duplicate.unwrap_or(false) })
    }

    /// Replaces the text of one of the user's own messages; `version` is the one that is being replaced.
    ///
    /// # Errors
    /// [`CommandError`]; with `version_mismatch`, [`CommandError::current`] gives the message as it is now.
    pub async fn edit(&self, id: &str, content: &str, version: u32) -> Result<Option<MessageDto>, CommandError> {
        let command = Command::Edit { message: id.to_owned(), content: content.to_owned(), version };
        Ok(self.command(command).await?.message.map(|message| *message))
    }

    /// Deletes a message.
    ///
    /// # Errors
    /// [`CommandError`].
    pub async fn delete(&self, id: &str) -> Result<(), CommandError> {
        self.command(Command::Delete { message: id.to_owned() }).await.map(drop)
    }

    /// Reacts to a message.
    ///
    /// # Errors
    /// [`CommandError`].
    pub async fn react(&self, id: &str, emoji: &str) -> Result<(), CommandError> {
        let command = Command::React { message: id.to_owned(), emoji: emoji.to_owned(), on: true };
        self.command(command).await.map(drop)
    }

    /// Takes a reaction back.
    ///
    /// # Errors
    /// [`CommandError`].
    pub async fn unreact(&self, id: &str, emoji: &str) -> Result<(), CommandError> {
        let command = Command::React { message: id.to_owned(), emoji: emoji.to_owned(), on: false };
        self.command(command).await.map(drop)
    }

    /// Says that everything up to `seq` is read. A position doesn't go back unless `unread` is `true`.
    ///
    /// # Errors
    /// [`CommandError`].
    pub async fn mark(&self, room: &str, seq: u64, unread: bool) -> Result<Option<MarkerDto>, CommandError> {
        Ok(self.command(Command::Mark { room: room.to_owned(), seq, unread }).await?.marker)
    }

    /// Says whether the user is writing. Nothing happens while there is no connection.
    pub async fn typing(&self, room: &str, on: bool) {
        self.request(Request::Say(json!({"op": "typing", "room": room, "on": on}))).await;
    }

    /// Says which room the user looks at, now and after each reconnect. It holds for 45 s and is to be said again.
    pub async fn focus(&self, room: Option<&str>, visible: bool) {
        self.request(Request::Keep(json!({"op": "focus", "room": room, "visible": visible}))).await;
    }

    /// Chooses what the user is shown as (`online`, `idle`, `dnd` or `invisible`), now and after each reconnect.
    pub async fn presence(&self, status: &str, text: Option<&str>, until: Option<&str>) {
        let frame = json!({"op": "presence", "status": status, "text": text, "until": until});
        self.request(Request::Keep(frame)).await;
    }

    /// Looks at what is known. Frames wait meanwhile.
    pub fn replica<T>(&self, look: impl FnOnce(&Replica) -> T) -> T {
        look(&self.replica.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn command(&self, command: Command) -> Result<OkFrame, CommandError> {
        let (answer, answered) = oneshot::channel();
        self.request(Request::Command(command, answer)).await;
        answered.await.unwrap_or(Err(CommandError::Stopped))
    }

    async fn request(&self, request: Request) {
        // A request that nobody takes any more drops its sender: that is its answer.
        let _ = self.requests.send(request).await;
    }
}

/// Gives what a program is told of an answer.
pub(super) fn told(answer: Answer) -> Result<OkFrame, CommandError> {
    answer.map_err(|error| CommandError::Refused(Box::new(error)))
}
