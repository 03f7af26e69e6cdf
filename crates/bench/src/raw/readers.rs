//! Many sockets read by one thread.

use std::io::Read;
use std::os::fd::OwnedFd;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::io::Errno;

use super::counter::FrameCounter;
use super::socket::RawSocket;

/// How long nothing may come while something is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// What was received.
#[derive(Debug, Default)]
pub(crate) struct Received {
    /// Frames with a message.
    pub(crate) messages: u64,
    /// Answers to commands.
    pub(crate) answers: u64,
    /// Refusals, and frames that say that something was left out.
    pub(super) faults: u64,
    /// One frame with a message, whole.
    pub(crate) sample: Vec<u8>,
}

/// Sockets that are read together.
pub(crate) struct Readers {
    epoll: OwnedFd,
    sockets: Vec<(RawSocket, FrameCounter)>,
    events: Vec<Event>,
    buffer: Vec<u8>,
    /// What came so far.
    pub(crate) received: Received,
}

impl Readers {
    /// Reads from nobody yet.
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            epoll: epoll::create(CreateFlags::CLOEXEC)?,
            sockets: Vec::new(),
            events: Vec::with_capacity(1024),
            buffer: vec![0; 64 * 1024],
            received: Received::default(),
        })
    }

    /// Reads from this socket as well; gives the number it has here.
    pub(crate) fn add(&mut self, socket: RawSocket) -> Result<usize> {
        let number = self.sockets.len();
        epoll::add(&self.epoll, &socket.stream, EventData::new_u64(number as u64), EventFlags::IN)?;
        self.sockets.push((socket, FrameCounter::default()));
        Ok(number)
    }

    /// Gives a socket to send with.
    pub(crate) fn socket(&mut self, number: usize) -> &mut RawSocket {
        &mut self.sockets[number].0
    }

    /// Waits until something comes and reads it once from each socket; `answered` gets the numbers of the sockets on
    /// which commands were answered, one for each answer.
    pub(crate) fn read(&mut self, answered: &mut Vec<usize>) -> Result<()> {
        self.events.clear();
        let timeout = Timespec { tv_sec: i64::try_from(PATIENCE.as_secs())?, tv_nsec: 0 };
        match epoll::wait(&self.epoll, spare_capacity(&mut self.events), Some(&timeout)) {
            Ok(0) => anyhow::bail!("nothing came for {PATIENCE:?}; so far {:?}", self.received),
            Ok(_) => {}
            Err(Errno::INTR) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        for event in &self.events {
            let number = usize::try_from(event.data.u64())?;
            let (socket, counter) = &mut self.sockets[number];
            let size = socket.stream.read(&mut self.buffer).context("a socket failed")?;
            ensure!(size > 0, "a socket was closed");
            let before = self.received.answers;
            counter.feed(&self.buffer[..size], &mut self.received);
            answered.extend((before..self.received.answers).map(|_| number));
        }
        ensure!(self.received.faults == 0, "a command was refused, or a socket fell behind");
        Ok(())
    }

    /// Reads until that many messages and answers have come in all.
    pub(crate) fn read_until(&mut self, messages: u64, answers: u64) -> Result<()> {
        let mut answered = Vec::new();
        while self.received.messages < messages || self.received.answers < answers {
            self.read(&mut answered)?;
            answered.clear();
        }
        Ok(())
    }
}
