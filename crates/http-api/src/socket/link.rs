//! What the two directions of a connection share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use realtime::CloseReason;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The client broke the protocol.
pub(crate) const PROTOCOL_ERROR: CloseReason = CloseReason { code: 1002, reason: "the frames break RFC 6455" };
/// The client sent something far too large.
pub(crate) const TOO_LARGE: CloseReason = CloseReason { code: 1009, reason: "a message was far too large" };
/// The client took nothing for too long.
pub(super) const TOO_SLOW: CloseReason = CloseReason { code: 4008, reason: "the connection is too slow" };
/// The client said nothing for too long.
pub(super) const SILENT: CloseReason = CloseReason { code: 4009, reason: "nothing was heard for too long" };
/// The client sent nonsense again and again.
pub(super) const MALFORMED: CloseReason = CloseReason { code: 4013, reason: "too many malformed or oversize frames" };
/// The client went on although it was told to wait.
pub(super) const FLOODING: CloseReason = CloseReason { code: 4029, reason: "too many messages in spite of refusals" };

/// Answers a close frame: the code comes back as it came (RFC 6455, section 5.5.1), unless it may not be on the wire.
pub(crate) fn close_back(code: Option<u16>) -> CloseReason {
    let valid = |code: &u16| matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
    CloseReason { code: code.filter(valid).unwrap_or(1000), reason: "" }
}

/// What the two directions of a connection share: the stream, and what the reader asks the writer to do.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) stream: TcpStream,
    asked: Mutex<Asked>,
    wake: Notify,
}

#[derive(Debug)]
struct Asked {
    /// When the client was last heard.
    heard: Instant,
    pong: Option<Vec<u8>>,
    close: Option<CloseReason>,
}

/// What the reader asks the writer to do.
#[derive(Debug, Default)]
pub(super) struct Errand {
    /// Answer a ping; of several the last counts (RFC 6455, section 5.5.3).
    pub(super) pong: Option<Vec<u8>>,
    /// Close the connection.
    pub(super) close: Option<CloseReason>,
}

impl Link {
    /// Shares a stream.
    pub(super) fn new(stream: TcpStream) -> Self {
        let asked = Asked { heard: Instant::now(), pong: None, close: None };
        Self { stream, asked: Mutex::new(asked), wake: Notify::new() }
    }

    /// Notes that the client was heard.
    pub(super) fn heard(&self) {
        self.lock().heard = Instant::now();
    }

    /// Tells when the client was last heard.
    pub(super) fn last_heard(&self) -> Instant {
        self.lock().heard
    }

    /// Asks for a pong.
    pub(super) fn ask_pong(&self, payload: Vec<u8>) {
        self.lock().pong = Some(payload);
        self.wake.notify_one();
    }

    /// Asks for the connection to be closed; the first reason counts.
    pub(super) fn ask_close(&self, reason: CloseReason) {
        self.lock().close.get_or_insert(reason);
        self.wake.notify_one();
    }

    /// Waits until there is something to do. Nothing is lost if the future is dropped.
    pub(super) async fn errand(&self) -> Errand {
        loop {
            {
                let mut asked = self.lock();
                if asked.pong.is_some() || asked.close.is_some() {
                    return Errand { pong: asked.pong.take(), close: asked.close };
                }
            }
            self.wake.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
