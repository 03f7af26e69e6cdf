//! The release binary with its rooms, readers and senders.

use std::time::Duration;

use anyhow::{Context, Result};
use chaos::process::{Place, ServerProcess};
use client::Api;

use super::layout::Layout;
use crate::raw::{RawSocket, Readers};

/// How many messages may be on their way at once: fewer than an outbox holds.
const UNDER_WAY: u64 = 192;
/// A password like another.
const PASSWORD: &str = "correct-horse-battery";

/// The server with its sockets.
pub(super) struct Server {
    process: ServerProcess,
    _place: Place,
    layout: Layout,
    readers: Readers,
    senders: Vec<usize>,
    /// The rooms that are read, and as many that nobody reads.
    rooms: Vec<String>,
    posted: u64,
}

/// What posting did.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cost {
    pub(super) cpu: Duration,
    /// How often the server wrote to a socket.
    pub(super) writes: u64,
}

impl Server {
    /// Starts it, makes the rooms and connects everybody.
    pub(super) async fn start(layout: Layout, senders: usize) -> Result<Self> {
        let place = Place::new("sqlite")?;
        let process = ServerProcess::start(&place).await?;
        let (api, address) = (Api::new(&process.url)?, process.address()?);
        let owner = api.log_in("testuser", "testpass123").await.context("the demo user can't sign in")?;
        let mut server = Self {
            process,
            _place: place,
            layout,
            readers: Readers::new()?,
            senders: Vec::new(),
            rooms: Vec::new(),
            posted: 0,
        };
        for number in 0..2 * layout.rooms {
            server.rooms.push(owner.create_room(&format!("room-{number}"), "public").await?.id);
        }
        for number in 0..layout.rooms {
            let name = format!("reader-{number}");
            api.register(&name, PASSWORD).await?;
            let reader = api.log_in(&name, PASSWORD).await?;
            reader.join(&server.rooms[number]).await?;
            for _ in 0..layout.sockets_per_room {
                let mut socket = RawSocket::gateway(address, &reader.token())?;
                socket.sync()?;
                server.readers.add(socket)?;
            }
        }
        for _ in 0..senders {
            // Without `sync` a connection is told nothing but the answers to its commands.
            let number = server.readers.add(RawSocket::gateway(address, &owner.token())?)?;
            server.senders.push(number);
        }
        Ok(server)
    }

    /// Gives a frame as it was received.
    pub(super) fn sample(&self) -> &[u8] {
        &self.readers.received.sample
    }

    /// Posts that many messages, each when everybody got the one before.
    pub(super) async fn alone(&mut self, messages: u64, read: bool) -> Result<Cost> {
        let before = self.cost().await?;
        for _ in 0..messages {
            self.post(self.senders[0], read)?;
            let received = &self.readers.received;
            let everybody = if read { self.layout.sockets_per_room as u64 } else { 0 };
            let (messages, answers) = (received.messages + everybody, received.answers + 1);
            self.readers.read_until(messages, answers)?;
        }
        self.cost_since(before).await
    }

    /// Posts that many messages, each sender the next one when its last was answered, unless too many are on their way.
    pub(super) async fn at_capacity(&mut self, messages: u64, read: bool) -> Result<Cost> {
        let before = self.cost().await?;
        let everybody = if read { self.layout.sockets_per_room as u64 } else { 0 };
        let mut idle = self.senders.clone();
        let (mut posted, begin) = (0, self.readers.received.messages);
        let answers = self.readers.received.answers + messages;
        while posted < messages {
            let delivered = if read { (self.readers.received.messages - begin) / everybody } else { posted };
            while posted < messages.min(delivered + UNDER_WAY)
                && let Some(sender) = idle.pop()
            {
                self.post(sender, read)?;
                posted += 1;
            }
            self.readers.read(&mut idle)?;
        }
        self.readers.read_until(begin + messages * everybody, answers)?;
        self.cost_since(before).await
    }

    /// Posts in the next of the rooms.
    fn post(&mut self, sender: usize, read: bool) -> Result<()> {
        self.posted += 1;
        let number = usize::try_from(self.posted)? % self.layout.rooms + if read { 0 } else { self.layout.rooms };
        let (id, room) = (self.posted, &self.rooms[number]);
        let text = format!(
            r#"{{"op":"send","id":{id},"room":"{room}","nonce":"bench-{id:020}","content":"message {id} of an ordinary length"}}"#
        );
        self.readers.socket(sender).send(&text)
    }

    async fn cost_since(&self, before: Cost) -> Result<Cost> {
        let now = self.cost().await?;
        Ok(Cost { cpu: now.cpu.saturating_sub(before.cpu), writes: now.writes - before.writes })
    }

    async fn cost(&self) -> Result<Cost> {
        let writes = crate::metrics::value(&self.process, "chinwag_socket_writes_total").await?;
        Ok(Cost { cpu: self.process.usage()?.cpu, writes })
    }
}
