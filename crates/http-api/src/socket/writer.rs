//! The direction to the client: sole owner of writing, everything that waits in one write, with a deadline.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use realtime::{CloseReason, Drained};
use tokio::time::{Instant, sleep_until, timeout};

use super::connection::Connection;
use super::counters::SocketCounters;
use super::frame_writer;
use super::link::{Errand, Link, SILENT, TOO_SLOW};
use crate::options::Timings;
use crate::state::Shared;

/// The most bytes put together for one write.
const WRITE: usize = 64 * 1024;

/// Writes until the connection is to be closed.
pub(super) struct Writer<'a, C> {
    link: &'a Link,
    connection: &'a C,
    timings: &'a Timings,
    counters: &'a SocketCounters,
    pinged: Instant,
}

/// What the writer woke up for.
enum Woken {
    Errand(Errand),
    Drained(Drained),
    Heartbeat,
}

impl<'a, C: Connection> Writer<'a, C> {
    /// Makes a writer.
    pub(super) fn new(state: &'a Shared, link: &'a Link, connection: &'a C) -> Self {
        let (timings, counters) = (&state.app.options.timings, &state.counters);
        Self { link, connection, timings, counters, pinged: Instant::now() }
    }

    /// Writes until the connection is to be closed, and the close frame last. Answers why it was closed;
    /// nothing if the client is gone.
    pub(super) async fn run(mut self) -> Option<CloseReason> {
        // One timer for the connection's life, set anew only when it went off: traffic costs it nothing.
        let mut timer = std::pin::pin!(sleep_until(self.next_heartbeat()));
        loop {
            let mut frames = Vec::new();
            let woken = tokio::select! {
                biased;
                errand = self.link.errand() => Woken::Errand(errand),
                drained = self.connection.drain(&mut frames) => Woken::Drained(drained),
                () = timer.as_mut() => Woken::Heartbeat,
            };
            let mut bytes = Vec::new();
            let mut close = None;
            match woken {
                Woken::Errand(errand) => {
                    errand.pong.iter().for_each(|payload| frame_writer::pong(&mut bytes, payload));
                    close = errand.close;
                }
                Woken::Drained(Drained::Frames) => {}
                Woken::Drained(Drained::Close(reason)) => close = Some(reason),
                Woken::Heartbeat => {
                    close = self.heartbeat(&mut bytes);
                    timer.as_mut().reset(self.next_heartbeat());
                }
            }
            let written = self.write(frames, bytes, close).await;
            match written {
                Ok(()) if close.is_some() => return close,
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::TimedOut => return Some(TOO_SLOW),
                Err(_) => return None,
            }
        }
    }

    /// Gives when to look at the heartbeat again: when a ping is due, or the client has been silent too long.
    fn next_heartbeat(&self) -> Instant {
        let heard = self.link.last_heard();
        let ping = heard.max(self.pinged) + self.ping_after();
        ping.min(heard + self.timings.silent_after)
    }

    /// A client that answers the connection's own heartbeat is heard before this time is over.
    fn ping_after(&self) -> Duration {
        let after = self.timings.ping_after;
        if C::HAS_HEARTBEAT { after + after / 2 } else { after }
    }

    fn heartbeat(&mut self, bytes: &mut Vec<u8>) -> Option<CloseReason> {
        let now = Instant::now();
        let heard = self.link.last_heard();
        if now >= heard + self.timings.silent_after {
            return Some(SILENT);
        }
        if now >= heard.max(self.pinged) + self.ping_after() {
            self.pinged = now;
            frame_writer::ping(bytes);
        }
        None
    }

    /// Writes `bytes` and then the frames, as few writes as fit, and the close frame last.
    async fn write(&self, frames: Vec<Bytes>, mut bytes: Vec<u8>, close: Option<CloseReason>) -> io::Result<()> {
        let mut writes = 0;
        let count = frames.len() as u64;
        bytes.reserve(frames.iter().map(frame_writer::size).sum::<usize>().min(WRITE));
        for frame in &frames {
            if !bytes.is_empty() && bytes.len() + frame_writer::size(frame) > WRITE {
                self.write_all(&bytes).await?;
                writes += 1;
                bytes.clear();
            }
            frame_writer::text(&mut bytes, frame);
        }
        drop(frames);
        if let Some(reason) = close {
            frame_writer::close(&mut bytes, reason);
        }
        if !bytes.is_empty() {
            self.write_all(&bytes).await?;
            writes += 1;
        }
        self.counters.writes.increment(writes);
        self.counters.frames_sent.increment(count);
        Ok(())
    }

    async fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.link.stream.try_write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    wait(self.timings.write_stall, self.link).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Waits until the client takes bytes.
async fn wait(deadline: Duration, link: &Link) -> io::Result<()> {
    timeout(deadline, link.stream.writable()).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}
