//! What the two kinds of connection have in common, as far as a socket needs it.

use bytes::Bytes;
use domain::ErrorCode;
use realtime::Drained;

use crate::state::Shared;

/// A connection that a socket carries: the seed's or the gateway's.
pub(crate) trait Connection: Send + Sync + 'static {
    /// What is remembered about how fast the client goes.
    type Pace: Default + Send;

    /// Whether there are signs of life among its frames. Then the socket's own ping is only for clients that don't
    /// answer those.
    const HAS_HEARTBEAT: bool;

    /// Takes a text frame: carries out what it asks for, unless the client goes too fast. What goes wrong is told to the
    /// client through the queue. Frames are taken one after the other.
    fn receive(&self, state: &Shared, pace: &mut Self::Pace, text: &str) -> impl Future<Output = Received> + Send;

    /// Tells the client that what it sent can't even be a command.
    fn refuse(&self, code: ErrorCode, message: &str);

    /// Waits for frames to send, or for a reason to close. Nothing is lost if the future is dropped.
    fn drain(&self, into: &mut Vec<Bytes>) -> impl Future<Output = Drained> + Send;
}

/// What came of a text frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Received {
    /// It was a command; whether it succeeded is told to the client.
    Done,
    /// It wasn't a command, and the client was told so.
    Malformed,
    /// The client was told to wait.
    TooFast,
}
