//! One client: the replica of the client library, behind a connection without a socket.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use client::{Effect, Replica};
use domain::model::Actor;
use protocol::{ErrorFrame, GatewayFrame, GatewayRequest};
use realtime::{Drained, GatewayConnection, Hub};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::observer::{Observer, check_bounds};
use crate::support::limits;

/// After how long what was refused for now is asked again.
const RETRY: Duration = Duration::from_secs(1);

/// A client of one user.
pub(crate) struct Device {
    pub(crate) actor: Actor,
    state: Arc<Mutex<State>>,
    live: Option<Live>,
}

/// What a client keeps.
pub(crate) struct State {
    pub(crate) replica: Replica,
    observer: Observer,
    /// What was sent and isn't acknowledged, by nonce.
    pub(crate) unacknowledged: BTreeMap<String, Value>,
    /// The acknowledged messages: nonce and id.
    pub(crate) acknowledged: Vec<(String, String)>,
    synced: bool,
    /// When to ask again for what was refused.
    retry_at: Option<Instant>,
    /// Whether a new connection is due.
    pub(crate) lost: bool,
    /// What the client wants to say.
    to_say: Vec<Value>,
    pub(crate) faults: Vec<String>,
}

/// A connection and what works on it.
struct Live {
    commands: mpsc::Sender<String>,
    reading: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Device {
    pub(crate) fn new(actor: Actor) -> Self {
        let state = State {
            replica: Replica::new(100_000),
            observer: Observer::default(),
            unacknowledged: BTreeMap::new(),
            acknowledged: Vec::new(),
            synced: false,
            retry_at: None,
            lost: false,
            to_say: Vec::new(),
            faults: Vec::new(),
        };
        Self { actor, state: Arc::new(Mutex::new(state)), live: None }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.live.is_some()
    }

    pub(crate) fn is_synced(&self) -> bool {
        self.live.is_some() && self.state().synced
    }

    /// Connects, unless that is refused.
    pub(crate) async fn connect(&mut self, hub: &Arc<Hub>) {
        self.disconnect().await;
        let Ok(connection) = hub.connect_gateway(self.actor.clone(), limits()).await else {
            return;
        };
        let connection = Arc::new(connection);
        let (commands, received) = mpsc::channel(4096);
        let reading = watch::Sender::new(true);
        let mut tasks = JoinSet::new();
        tasks.spawn(carry_out(Arc::clone(&connection), received));
        tasks.spawn(read(connection, reading.subscribe(), commands.clone(), Arc::clone(&self.state)));
        self.live = Some(Live { commands, reading, tasks });
    }

    /// Cuts the connection.
    pub(crate) async fn disconnect(&mut self) {
        if let Some(mut live) = self.live.take() {
            live.tasks.abort_all();
            while let Some(ended) = live.tasks.join_next().await {
                if let Err(error) = ended
                    && error.is_panic()
                {
                    std::panic::resume_unwind(error.into_panic());
                }
            }
        }
        let mut state = self.state();
        state.replica.disconnected();
        state.observer = Observer::default();
        (state.synced, state.retry_at, state.lost) = (false, None, false);
        state.to_say.clear();
    }

    /// Lets the client take frames, or not.
    pub(crate) fn set_reading(&self, on: bool) {
        if let Some(live) = &self.live {
            live.reading.send_replace(on);
        }
    }

    /// Sends a command, if connected.
    pub(crate) fn say(&self, command: &Value) {
        if let Some(live) = &self.live {
            let _ = live.commands.try_send(command.to_string());
        }
    }

    /// Asks for a room from any place.
    pub(crate) fn sync(&self, room: &str, rev: u64, epoch: Option<&str>) {
        self.state().observer.claims(room, rev);
        self.say(&json!({"op": "sync", "id": "sync", "epoch": epoch, "rooms": { room: rev }}));
    }

    /// Sends a message under a nonce, now or once connected.
    pub(crate) fn post(&self, room: &str, nonce: &str) {
        let command = json!({"op": "send", "id": nonce, "room": room, "nonce": nonce, "content": format!("text of {nonce} @ann")});
        self.state().unacknowledged.insert(nonce.to_owned(), command.clone());
        self.say(&command);
    }

    /// Does what is due: comes back after a loss, asks again for what was refused.
    pub(crate) async fn tick(&mut self, hub: &Arc<Hub>) {
        if self.live.as_mut().is_some_and(|live| live.tasks.try_join_next().is_some()) || self.state().lost {
            self.connect(hub).await;
        }
        let due = self.state().retry_at.is_some_and(|at| at <= Instant::now());
        if due {
            self.state().retry_at = None;
            let commands = self.state().commands_to_repeat();
            for command in &commands {
                self.say(command);
            }
        }
    }
}

impl State {
    fn commands_to_repeat(&mut self) -> Vec<Value> {
        let rooms: BTreeMap<String, u64> = if self.synced {
            self.replica.unfinished().into_iter().map(|id| (id.clone(), self.replica.position(&id))).collect()
        } else {
            self.replica.positions()
        };
        for (room, from) in &rooms {
            self.observer.asks(room, *from);
        }
        let mut commands = Vec::new();
        if !self.synced || !rooms.is_empty() {
            commands.push(json!({"op": "sync", "id": "sync", "epoch": self.replica.epoch(), "rooms": rooms}));
        }
        commands.extend(self.unacknowledged.values().cloned());
        commands
    }

    /// Takes a frame in.
    fn take(&mut self, frame: GatewayFrame) {
        if let Err(fault) = self.observer.see(&frame) {
            self.faults.push(fault);
        }
        match &frame {
            GatewayFrame::Ok(ok) => {
                let nonce = ok.id.as_ref().and_then(Value::as_str).unwrap_or_default();
                if let Some(message) = ok.message.as_ref().filter(|_| self.unacknowledged.remove(nonce).is_some()) {
                    self.acknowledged.push((nonce.to_owned(), message.id.clone()));
                }
            }
            GatewayFrame::Error(error) => self.refused(error),
            GatewayFrame::Synced(_) => self.synced = true,
            _ => {}
        }
        let mut behind = BTreeMap::new();
        for effect in self.replica.apply(frame) {
            match effect {
                Effect::SyncAll => {
                    self.observer = Observer::new(self.replica.positions());
                    let commands = self.commands_to_repeat();
                    self.to_say.extend(commands);
                }
                Effect::Sync(room) => {
                    let position = self.replica.position(&room);
                    self.observer.asks(&room, position);
                    behind.insert(room, position);
                }
                Effect::Pong => self.to_say.push(json!({"op": "pong"})),
                Effect::Reconnect => self.lost = true,
                Effect::Tell(_) => {}
            }
        }
        if !behind.is_empty() {
            self.to_say.push(json!({"op": "sync", "id": "sync", "epoch": self.replica.epoch(), "rooms": behind}));
        }
    }

    fn refused(&mut self, error: &ErrorFrame) {
        let id = error.id.as_ref().and_then(Value::as_str).unwrap_or_default();
        if error.retry_after_ms.is_some() {
            self.retry_at = Some(Instant::now() + RETRY);
        } else if id != "sync" {
            self.unacknowledged.remove(id);
        }
    }
}

async fn carry_out(connection: Arc<GatewayConnection>, mut commands: mpsc::Receiver<String>) {
    while let Some(command) = commands.recv().await {
        connection.carry_out(GatewayRequest::parse(&command).unwrap()).await;
    }
}

async fn read(
    connection: Arc<GatewayConnection>,
    mut reading: watch::Receiver<bool>,
    commands: mpsc::Sender<String>,
    state: Arc<Mutex<State>>,
) {
    loop {
        reading.wait_for(|reading| *reading).await.unwrap();
        let mut bytes: Vec<Bytes> = Vec::new();
        if let Drained::Close(_) = connection.drain(&mut bytes).await {
            state.lock().unwrap().lost = true;
            return;
        }
        let frames = bytes.iter().map(|bytes| (serde_json::from_slice(bytes).unwrap(), bytes.len()));
        let frames: Vec<(GatewayFrame, usize)> = frames.collect();
        let mut state = state.lock().unwrap();
        if let Err(fault) = check_bounds(&frames) {
            state.faults.push(fault);
        }
        for (frame, _) in frames {
            state.take(frame);
        }
        for command in std::mem::take(&mut state.to_say) {
            let _ = commands.try_send(command.to_string());
        }
    }
}
