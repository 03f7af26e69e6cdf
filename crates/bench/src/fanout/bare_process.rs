//! The bare loop as a process, seen from this side.

use std::time::Duration;

use anyhow::{Context, Result};
use chaos::process::Usage;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::bare::{CONTROL, Way, order};
use super::layout::Layout;
use crate::raw::{RawSocket, Readers};

/// The process with its sockets.
pub(super) struct BareProcess {
    child: Child,
    readers: Readers,
    control: usize,
}

impl BareProcess {
    /// Starts it and connects everybody.
    pub(super) async fn start(layout: Layout) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.arg("bare-loop").stdout(std::process::Stdio::piped()).kill_on_drop(true).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line).await?;
        let address = line.trim().parse()?;
        let mut readers = Readers::new()?;
        for number in 0..layout.sockets() {
            let mut socket = RawSocket::connect(address)?;
            socket.write(&u16::try_from(number % layout.rooms)?.to_le_bytes())?;
            readers.add(socket)?;
        }
        let mut socket = RawSocket::connect(address)?;
        socket.write(&CONTROL.to_le_bytes())?;
        let control = readers.add(socket)?;
        Ok(Self { child, readers, control })
    }

    /// Gives `count` copies of the frame to everybody in the first `rooms` rooms, and again until `messages` were given,
    /// waiting for everybody each time. Answers what that cost, and how many messages that were.
    pub(super) fn write(&mut self, way: Way, count: u16, plan: &Plan<'_>) -> Result<(Duration, u64)> {
        let before = self.cpu()?;
        let mut written = 0;
        while written < plan.messages {
            let mut orders = Vec::new();
            for offset in 0..plan.rooms_at_once {
                let room = (usize::try_from(written / u64::from(count))? + offset) % plan.layout.rooms + plan.skip;
                orders.extend(order(way, u16::try_from(room)?, count, plan.frame)?);
            }
            self.readers.socket(self.control).write(&orders)?;
            let frames = u64::from(count) * plan.rooms_at_once as u64;
            written += frames;
            let everybody = if plan.skip == 0 { plan.layout.sockets_per_room as u64 } else { 0 };
            let received = &self.readers.received;
            let messages = received.messages + frames * everybody;
            let answers = received.answers + plan.rooms_at_once as u64;
            self.readers.read_until(messages, answers)?;
        }
        Ok((self.cpu()?.saturating_sub(before), written))
    }

    fn cpu(&self) -> Result<Duration> {
        Ok(Usage::of(self.child.id().context("the bare loop ended")?)?.cpu)
    }
}

/// What to write.
pub(super) struct Plan<'a> {
    pub(super) layout: Layout,
    /// At least so many messages.
    pub(super) messages: u64,
    /// In how many rooms at the same time.
    pub(super) rooms_at_once: usize,
    /// Added to the number of a room: past the last one nobody reads.
    pub(super) skip: usize,
    pub(super) frame: &'a [u8],
}
