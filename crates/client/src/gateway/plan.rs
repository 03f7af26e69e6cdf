//! What to do after a connection was lost.

use std::time::Duration;

use thiserror::Error;
use tokio_tungstenite::tungstenite::Error as SocketError;

use super::options::GatewayOptions;
use crate::error::ClientError;

/// Why there will be no further connection.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Stopped {
    /// The server closed the connection for good, with this close code.
    #[error("the server closed the connection for good, with code {code}")]
    Closed {
        /// 4001 and 4003 if a new token didn't help; 4004, 4010, 4011, 4012 or 4013.
        code: u16,
    },
    /// The server doesn't let this session in, with this error code: it is over, for example.
    #[error("the server refused the connection: {code}")]
    Refused {
        /// The server's error code.
        code: String,
    },
    /// Its task ended, with its runtime.
    #[error("the gateway ended")]
    Ended,
}

/// How a connection ended, or why there was none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lost {
    /// It was closed, by the server with a code, or by itself with 1006.
    Closed { code: u16 },
    /// The server said that it would close it, and when to come back.
    Announced { code: u16, after: Duration },
    /// The server refused to let the client in.
    Refused { status: u16, code: String, retry_after: Option<Duration> },
}

impl From<ClientError> for Lost {
    fn from(error: ClientError) -> Self {
        let retry_after = error.retry_after();
        match error {
            ClientError::Refused(problem) => Self::Refused { status: problem.status, code: problem.code, retry_after },
            ClientError::Closed { code } => Self::Closed { code },
            _ => Self::Closed { code: 1006 },
        }
    }
}

impl Lost {
    /// Gives the close code, 1006 if there was none.
    pub(super) fn code(&self) -> u16 {
        match self {
            Self::Closed { code } | Self::Announced { code, .. } => *code,
            Self::Refused { .. } => 1006,
        }
    }
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// Get a new access token, then connect.
    Refresh,
    /// Connect after a while.
    Wait(Duration),
    /// Nothing any more.
    Stop(Stopped),
}

/// Counts what was tried since a connection last worked.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    failures: u32,
    refreshed: bool,
}

impl Attempts {
    /// Notes that a connection works.
    pub(super) fn worked(&mut self) {
        *self = Self::default();
    }

    /// Decides by the close code what comes next. `random` spreads clients that lost their connections together.
    pub(super) fn after(&mut self, lost: &Lost, options: &GatewayOptions, random: u64) -> Next {
        match lost {
            Lost::Closed { code: code @ (4004 | 4010 | 4011 | 4012 | 4013) } => {
                Next::Stop(Stopped::Closed { code: *code })
            }
            Lost::Closed { code: code @ (4001 | 4003) } => {
                if std::mem::replace(&mut self.refreshed, true) {
                    return Next::Stop(Stopped::Closed { code: *code });
                }
                Next::Refresh
            }
            Lost::Refused { status, code, .. } if matches!(status, 400..=499) && !matches!(status, 408 | 429) => {
                Next::Stop(Stopped::Refused { code: code.clone() })
            }
            Lost::Announced { after, .. } => Next::Wait(*after),
            Lost::Refused { retry_after, .. } => {
                Next::Wait(retry_after.unwrap_or_default().saturating_add(self.backoff(options, random)))
            }
            Lost::Closed { .. } => Next::Wait(self.backoff(options, random)),
        }
    }

    /// Gives a wait anywhere below a bound that doubles with each failure: full jitter
    /// (M. Brooker, "Exponential Backoff and Jitter").
    fn backoff(&mut self, options: &GatewayOptions, random: u64) -> Duration {
        let bound = options.backoff_min.saturating_mul(1 << self.failures.min(16)).min(options.backoff_max);
        self.failures += 1;
        let share = f64::from((random >> 32) as u32) / f64::from(u32::MAX);
        bound.mul_f64(share)
    }
}

impl From<SocketError> for Lost {
    fn from(_: SocketError) -> Self {
        Self::Closed { code: 1006 }
    }
}
