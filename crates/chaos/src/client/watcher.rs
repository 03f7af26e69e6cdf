//! A client that only watches: it comes back when it was cut off, catches up, and holds what it was told.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Result;
use protocol::{GatewayFrame, MessageDto};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::socket::{GatewaySocket, SocketOptions};
use crate::history::{Observer, ReplicaRoom};

/// How long it waits before it connects again.
const PAUSE: Duration = Duration::from_millis(50);

/// How long it waits for a frame while it comes and goes.
const PATIENCE: Duration = Duration::from_secs(5);

/// The least that the kernel keeps for a reader that doesn't read.
pub const SMALLEST_BUFFER: u32 = 4096;

/// How far a watcher has to come before it stops.
#[derive(Debug, Clone)]
pub struct Goal {
    /// By room, the last change.
    pub heads: BTreeMap<String, u64>,
    /// When it stops in any case.
    pub deadline: Instant,
}

/// A watcher.
#[derive(Debug)]
pub struct Watcher {
    address: SocketAddr,
    token: String,
    goal: watch::Receiver<Option<Goal>>,
    /// What it saw.
    pub observer: Observer,
    /// How often it came back after its connection had ended.
    pub returns: u64,
    epoch: Option<String>,
    positions: BTreeMap<String, u64>,
    held: BTreeMap<String, BTreeMap<String, MessageDto>>,
    /// By room, the first message it knows: what is before it was left out by a reset.
    floors: BTreeMap<String, u64>,
    options: SocketOptions,
    /// How long it dawdles over each frame.
    dawdling: Duration,
}

impl Watcher {
    /// Makes one that follows these rooms from their beginning. It must be a member of them.
    pub fn new(
        name: &str,
        address: SocketAddr,
        token: &str,
        rooms: &[String],
        goal: watch::Receiver<Option<Goal>>,
    ) -> Self {
        let mut observer = Observer::new(name);
        observer.follow(rooms);
        Self {
            address,
            token: token.to_owned(),
            goal,
            observer,
            returns: 0,
            epoch: None,
            positions: rooms.iter().map(|room| (room.clone(), 0)).collect(),
            held: BTreeMap::new(),
            floors: BTreeMap::new(),
            options: SocketOptions::default(),
            dawdling: Duration::ZERO,
        }
    }

    /// Lets it dawdle over each frame, with little room for what waits meanwhile.
    pub fn dawdling(self, dawdling: Duration) -> Self {
        Self { dawdling, options: SocketOptions { receive_buffer: SMALLEST_BUFFER }, ..self }
    }

    /// Watches until the goal is set and reached, and comes back whenever its connection ended.
    pub async fn watch(mut self) -> Self {
        while !self.is_done() {
            // Whatever ended the connection, the next one begins where this one was.
            let _ = self.one_connection().await;
            if !self.is_done() {
                self.returns += 1;
                sleep(PAUSE).await;
            }
        }
        self
    }

    /// Connects, catches up, sees a few live frames and hangs up, so many times: each time the server goes over from the
    /// store to live delivery.
    pub async fn resume(mut self, times: u64) -> Self {
        for _ in 0..times {
            self.returns += u64::from(self.resume_once().await.is_ok());
        }
        self
    }

    /// Connects, catches up and hangs up.
    ///
    /// # Errors
    /// If the connection ends before.
    pub async fn visit(&mut self) -> Result<()> {
        let mut socket = self.open().await?;
        loop {
            let frame = timeout(PATIENCE, socket.next()).await??;
            let synced = matches!(frame, GatewayFrame::Synced(_));
            self.take_in(&mut socket, frame).await?;
            if synced {
                return Ok(());
            }
        }
    }

    async fn resume_once(&mut self) -> Result<()> {
        let mut socket = self.open().await?;
        let mut live = None;
        while live.is_none_or(|frames| frames < 3) {
            let Ok(frame) = timeout(PATIENCE, socket.next()).await else { break };
            let frame = frame?;
            live = if matches!(frame, GatewayFrame::Synced(_)) { Some(0) } else { live.map(|frames: u64| frames + 1) };
            self.take_in(&mut socket, frame).await?;
        }
        Ok(())
    }

    async fn open(&self) -> Result<GatewaySocket> {
        GatewaySocket::connect(self.address, &self.token, self.options).await
    }

    async fn one_connection(&mut self) -> Result<()> {
        let mut goal = self.goal.clone();
        let mut socket = timeout(PATIENCE, self.open()).await??;
        while !self.is_done() {
            let deadline = goal.borrow_and_update().as_ref().map(|goal| goal.deadline);
            tokio::select! {
                frame = socket.next() => self.take_in(&mut socket, frame?).await?,
                changed = goal.changed() => changed?,
                () = async { sleep_until(deadline.unwrap_or_else(Instant::now)).await }, if deadline.is_some() => {}
            }
        }
        Ok(())
    }

    async fn take_in(&mut self, socket: &mut GatewaySocket, frame: GatewayFrame) -> Result<()> {
        if self.dawdling > Duration::ZERO {
            sleep(self.dawdling).await;
        }
        self.observer.frame(&frame);
        match frame {
            GatewayFrame::Hello(hello) => {
                if self.epoch.as_ref().is_some_and(|epoch| *epoch != hello.epoch) {
                    self.held.clear();
                    self.positions.values_mut().for_each(|position| *position = 0);
                }
                self.epoch = Some(hello.epoch);
                socket.sync(self.epoch.as_deref(), &self.positions).await
            }
            GatewayFrame::Changes(changes) => {
                self.hold(&changes.room_id, changes.items);
                self.advance(&changes.room_id, changes.to);
                Ok(())
            }
            GatewayFrame::Reset(reset) => {
                self.held.remove(&reset.room_id);
                let floor = reset.items.first().map_or(reset.head_seq + 1, |first| first.seq);
                self.floors.insert(reset.room_id.clone(), floor);
                self.hold(&reset.room_id, reset.items);
                self.positions.insert(reset.room_id, reset.head_rev);
                Ok(())
            }
            GatewayFrame::Message(message) | GatewayFrame::MessageDeleted(message) => self.live(socket, *message).await,
            GatewayFrame::MessageUpdated(updated) => self.live(socket, updated.message).await,
            GatewayFrame::Lagged(lagged) => self.ask_for(socket, &lagged.room_id).await,
            GatewayFrame::Ping(ping) => {
                for (room, head) in ping.heads {
                    if self.positions.get(&room).is_some_and(|position| *position < head) {
                        self.ask_for(socket, &room).await?;
                    }
                }
                Ok(())
            }
            GatewayFrame::RoomRemoved(removed) => {
                self.positions.remove(&removed.room_id);
                self.held.remove(&removed.room_id);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Takes a live event: the next number goes on, a hole is asked for.
    async fn live(&mut self, socket: &mut GatewaySocket, message: MessageDto) -> Result<()> {
        let room_id = message.room_id.clone();
        let position = self.positions.get(&room_id).copied().unwrap_or_default();
        if message.rev == position + 1 {
            self.advance(&room_id, message.rev);
            self.hold(&room_id, vec![message]);
            Ok(())
        } else if message.rev > position {
            self.hold(&room_id, vec![message]);
            self.ask_for(socket, &room_id).await
        } else {
            Ok(())
        }
    }

    async fn ask_for(&self, socket: &mut GatewaySocket, room_id: &str) -> Result<()> {
        let position = self.positions.get(room_id).copied().unwrap_or_default();
        socket.sync(self.epoch.as_deref(), &[(room_id.to_owned(), position)].into()).await
    }

    fn advance(&mut self, room_id: &str, rev: u64) {
        let position = self.positions.entry(room_id.to_owned()).or_default();
        *position = rev.max(*position);
    }

    fn hold(&mut self, room_id: &str, items: Vec<MessageDto>) {
        let floor = self.floors.get(room_id).copied().unwrap_or_default();
        let held = self.held.entry(room_id.to_owned()).or_default();
        for item in items {
            let known = held.get(&item.id).is_some_and(|known| known.rev >= item.rev);
            if !known && item.seq >= floor {
                held.insert(item.id.clone(), item);
            }
        }
    }

    fn is_done(&self) -> bool {
        let goal = self.goal.borrow();
        let reached = |(room, rev): (&String, &u64)| self.positions.get(room).is_none_or(|position| position >= rev);
        goal.as_ref().is_some_and(|goal| goal.heads.iter().all(reached) || goal.deadline <= Instant::now())
    }

    /// Gives what it saw and, for the checker, what it holds.
    pub fn into_observer(mut self) -> Observer {
        for (room_id, rev) in &self.positions {
            let mut messages: Vec<MessageDto> = self.held.remove(room_id).unwrap_or_default().into_values().collect();
            messages.sort_by_key(|message| message.seq);
            self.observer.replica.insert(room_id.clone(), ReplicaRoom { rev: *rev, messages });
        }
        self.observer
    }
}
