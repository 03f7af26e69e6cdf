//! The direction from the client: reads frames and carries commands out, one after the other.

use std::io;
use std::time::Instant;

use bytes::Bytes;
use domain::ErrorCode;
use realtime::CloseReason;

use super::connection::{Connection, Received};
use super::frame_reader::{FrameReader, Incoming, Violation};
use super::link::{FLOODING, Link, MALFORMED, PROTOCOL_ERROR, TOO_LARGE, close_back};
use super::strikes::Strikes;
use crate::extract::nesting;
use crate::state::Shared;

/// Reads until the connection ends. What the client did to end it is left with the link for the writer.
pub(super) struct Reader<'a, C: Connection> {
    state: &'a Shared,
    link: &'a Link,
    connection: &'a C,
    pace: C::Pace,
    frames: FrameReader,
    malformed: Strikes,
    flooding: Strikes,
}

impl<'a, C: Connection> Reader<'a, C> {
    /// Makes a reader.
    pub(super) fn new(state: &'a Shared, link: &'a Link, connection: &'a C) -> Self {
        let frames = FrameReader::new(state.app.options.limits.frame_bytes);
        let (malformed, flooding) = (Strikes::default(), Strikes::default());
        Self { state, link, connection, pace: C::Pace::default(), frames, malformed, flooding }
    }

    /// Reads, beginning with the bytes that came with the handshake. Returns when the client is gone; after a
    /// reason to close it waits for the writer to end the connection.
    pub(super) async fn run(mut self, early: Bytes) {
        if !early.is_empty() {
            self.frames.buffer().extend_from_slice(&early);
        }
        drop(early);
        loop {
            loop {
                match self.frames.next() {
                    Ok(Some(incoming)) => {
                        if let Some(reason) = self.take(incoming).await {
                            return self.close(reason).await;
                        }
                    }
                    Ok(None) => break,
                    Err(Violation::Protocol) => return self.close(PROTOCOL_ERROR).await,
                    Err(Violation::TooLarge) => return self.close(TOO_LARGE).await,
                }
            }
            if self.link.stream.readable().await.is_err() {
                return;
            }
            match self.link.stream.try_read_buf(self.frames.buffer()) {
                Ok(0) => return,
                Ok(_) => self.link.heard(),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    }

    /// Leaves the reason for the writer, which ends the connection.
    async fn close(self, reason: CloseReason) {
        self.link.ask_close(reason);
        std::future::pending::<()>().await;
    }

    /// Does what a message asks for; answers with the reason if the connection has to be closed.
    async fn take(&mut self, incoming: Incoming) -> Option<CloseReason> {
        match incoming {
            Incoming::Text(text) => self.command(&text).await,
            Incoming::NotUtf8 => self.refuse_malformed(ErrorCode::BadRequest, "a text frame must be UTF-8"),
            Incoming::Binary => self.refuse_malformed(ErrorCode::BadRequest, "send text frames, not binary ones"),
            Incoming::TooLarge => {
                let limit = self.state.app.options.limits.frame_bytes;
                let message = format!("a message may have at most {limit} bytes on the socket");
                self.refuse_malformed(ErrorCode::TooLarge, &message)
            }
            Incoming::Ping(payload) => {
                self.link.ask_pong(payload);
                None
            }
            Incoming::Pong => None,
            Incoming::Close(code) => Some(close_back(code)),
        }
    }

    async fn command(&mut self, text: &str) -> Option<CloseReason> {
        if self.state.app.readiness.is_draining() {
            // The writer closes the connection in a moment; the client sends again elsewhere.
            return std::future::pending().await;
        }
        self.state.counters.frames_received.increment(1);
        let deepest = self.state.app.options.limits.json_depth;
        if deepest > 0 && nesting(text.as_bytes()) > deepest {
            let message = format!("the frame is nested deeper than {deepest} levels");
            return self.refuse_malformed(ErrorCode::BadRequest, &message);
        }
        // A graceful stop waits for commands under way. Boxed: an idle connection shouldn't pay for it.
        let _under_way = self.state.commands.token();
        match Box::pin(self.connection.receive(self.state, &mut self.pace, text)).await {
            Received::Done => None,
            Received::Malformed => self.malformed.add(Instant::now()).then_some(MALFORMED),
            Received::TooFast => self.flooding.add(Instant::now()).then_some(FLOODING),
        }
    }

    fn refuse_malformed(&mut self, code: ErrorCode, message: &str) -> Option<CloseReason> {
        self.connection.refuse(code, message);
        self.malformed.add(Instant::now()).then_some(MALFORMED)
    }
}
