//! A client that says things and changes them, and writes down how each attempt ended.

use std::net::SocketAddr;
use std::time::Duration;

use client::{ClientError, ClientSession, CommandError, GatewayHandle, OutgoingMessage};
use protocol::GatewayFrame;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::socket::{GatewaySocket, SocketOptions};
use crate::history::{Acknowledgement, Action, Actions, Answer, Change, Send};

/// How long it waits for an answer before there is none.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it waits before it tries again.
const PAUSE: Duration = Duration::from_millis(20);
/// Error codes after which it isn't certain that nothing was done, or trying again may help.
const NOT_FINAL: [&str; 5] = ["unavailable", "timeout", "internal", "overloaded", "rate_limited"];

/// How it reaches the server.
#[derive(Debug)]
pub enum Line {
    /// Requests.
    Rest(ClientSession),
    /// The client library, which tries again by itself.
    Library(GatewayHandle),
    /// Commands on a socket, which is opened again when it was lost.
    Gateway {
        /// Where.
        address: SocketAddr,
        /// With which access token.
        token: String,
        /// The open connection.
        socket: Option<Box<GatewaySocket>>,
    },
}

/// A talker.
#[derive(Debug)]
pub struct Talker {
    /// The id of the user who talks.
    pub user_id: String,
    /// How it reaches the server.
    pub line: Line,
    /// What it did.
    pub actions: Actions,
    commands: u64,
}

impl Talker {
    /// Makes one that talks over REST.
    pub fn rest(session: ClientSession) -> Self {
        let user_id = session.user().id.clone();
        Self { user_id, line: Line::Rest(session), actions: Actions::default(), commands: 0 }
    }

    /// Makes one that talks through the client library.
    pub fn library(user_id: &str, handle: GatewayHandle) -> Self {
        Self { user_id: user_id.to_owned(), line: Line::Library(handle), actions: Actions::default(), commands: 0 }
    }

    /// Makes one that talks on the gateway at that address, which may be a proxy's.
    pub fn gateway(session: &ClientSession, address: SocketAddr) -> Self {
        let line = Line::Gateway { address, token: session.token(), socket: None };
        Self { user_id: session.user().id.clone(), line, actions: Actions::default(), commands: 0 }
    }

    /// Sends a message under a nonce until there is a definite answer, and gives it.
    pub async fn say(&mut self, room_id: &str, nonce: &str, text: &str) -> Answer {
        let mut send = Send::new(room_id, nonce, text);
        let answer = self.insist(&mut send).await;
        self.actions.sends.push(send);
        answer
    }

    /// Tries until there is a definite answer, gives it, and notes every attempt.
    pub async fn insist(&mut self, send: &mut Send) -> Answer {
        loop {
            let answer = self.try_to_say(send).await;
            send.answers.push(answer.clone());
            if answer != Answer::Unknown {
                return answer;
            }
            sleep(PAUSE).await;
        }
    }

    /// Sends a message once.
    async fn try_to_say(&mut self, send: &Send) -> Answer {
        let Send { room_id, nonce, content, .. } = send;
        if let Line::Library(handle) = &self.line {
            let (room, content, nonce) = (room_id.clone(), content.clone(), nonce.clone());
            let sent =
                handle.send_message(OutgoingMessage { room, content, nonce, reply_to: None, thread: None }).await;
            return outcome(sent.map(|sent| Acknowledgement::from(&sent.message)));
        }
        if let Line::Rest(session) = &self.line {
            let posted = session.post(room_id, content, Some(nonce)).await;
            return answer(posted.map(|posted| Acknowledgement::from(&posted.message)));
        }
        self.command(json!({ "op": "send", "room": room_id, "nonce": nonce, "content": content })).await
    }

    /// Changes a message until there is a definite answer, and gives it.
    pub async fn change(&mut self, message: &Acknowledgement, action: Action) -> Answer {
        let mut tried = false;
        loop {
            let mut answer = self.try_to_change(message, &action).await;
            if let (true, Answer::Refused(code)) = (tried, &answer) {
                // An earlier attempt may have been carried out: then this one finds another state.
                if leaves_open(code) {
                    answer = Answer::Unknown;
                }
            } else if answer == Answer::Unknown && !matches!(self.line, Line::Library(_)) {
                tried = true;
                sleep(PAUSE).await;
                continue;
            }
            let change = Change { message: message.id.clone(), by: self.user_id.clone(), action, answer };
            self.actions.changes.push(change.clone());
            return change.answer;
        }
    }

    async fn try_to_change(&mut self, message: &Acknowledgement, action: &Action) -> Answer {
        let id = message.id.as_str();
        if let Line::Library(handle) = &self.line {
            return change_by_library(handle, message, action).await;
        }
        if let Line::Rest(session) = &self.line {
            let changed = match action {
                Action::Edit { seen, content } => session.edit(id, content, *seen).await,
                Action::Delete => session.delete(id).await,
                Action::React(emoji) => session.react(id, emoji).await,
                Action::Unreact(emoji) => session.unreact(id, emoji).await,
            };
            return answer(changed.map(|message| Acknowledgement::from(&message)));
        }
        let command = match action {
            Action::Edit { seen, content } => {
                json!({ "op": "edit", "message": id, "content": content, "version": seen })
            }
            Action::Delete => json!({ "op": "delete", "message": id }),
            Action::React(emoji) => json!({ "op": "react", "message": id, "emoji": emoji }),
            Action::Unreact(emoji) => json!({ "op": "unreact", "message": id, "emoji": emoji }),
        };
        self.command(command).await
    }

    /// Sends a command on the socket and waits for its answer.
    async fn command(&mut self, mut command: Value) -> Answer {
        self.commands += 1;
        command["id"] = self.commands.into();
        let Line::Gateway { address, token, socket } = &mut self.line else { return Answer::Unknown };
        if socket.is_none() {
            let opened = timeout(PATIENCE, GatewaySocket::connect(*address, token, SocketOptions::default())).await;
            *socket = opened.ok().and_then(Result::ok).map(Box::new);
        }
        let Some(open) = socket else { return Answer::Unknown };
        let asked = async {
            open.send(&command).await?;
            open.reply(&command["id"], |_| {}).await
        };
        match timeout(PATIENCE, asked).await {
            Ok(Ok(GatewayFrame::Ok(ok))) => {
                let message = ok.message.as_deref().map(Acknowledgement::from);
                message.map_or(Answer::Unknown, Answer::Acknowledged)
            }
            Ok(Ok(GatewayFrame::Error(error))) => refusal(&error.code),
            _ => {
                *socket = None;
                Answer::Unknown
            }
        }
    }
}

fn refusal(code: &str) -> Answer {
    if NOT_FINAL.contains(&code) { Answer::Unknown } else { Answer::Refused(code.to_owned()) }
}

/// The library tries again until there is an answer and doesn't tell how often: a change that finds another state than
/// it expects may have been carried out before.
async fn change_by_library(handle: &GatewayHandle, message: &Acknowledgement, action: &Action) -> Answer {
    let id = message.id.as_str();
    let as_it_was = || message.clone();
    let changed = match action {
        Action::Edit { seen, content } => handle.edit(id, content, *seen).await.map(|edited| match edited {
            Some(edited) => Acknowledgement::from(&edited),
            None => Acknowledgement { version: Some(seen + 1), ..as_it_was() },
        }),
        Action::Delete => handle.delete(id).await.map(|()| Acknowledgement { version: None, ..as_it_was() }),
        Action::React(emoji) => handle.react(id, emoji).await.map(|()| as_it_was()),
        Action::Unreact(emoji) => handle.unreact(id, emoji).await.map(|()| as_it_was()),
    };
    match outcome(changed) {
        Answer::Refused(code) if leaves_open(&code) => Answer::Unknown,
        other => other,
    }
}

/// Tells whether a change that was tried before may have been carried out then.
fn leaves_open(code: &str) -> bool {
    matches!(code, "version_mismatch" | "not_found" | "conflict")
}

fn outcome(result: Result<Acknowledgement, CommandError>) -> Answer {
    match result {
        Ok(acknowledged) => Answer::Acknowledged(acknowledged),
        Err(error) => error.code().map_or(Answer::Unknown, |code| Answer::Refused(code.to_owned())),
    }
}

fn answer(result: Result<Acknowledgement, ClientError>) -> Answer {
    match result {
        Ok(acknowledged) => Answer::Acknowledged(acknowledged),
        Err(error) => error.code().map_or(Answer::Unknown, refusal),
    }
}
