//! What can go wrong between a client and a server.

use std::time::Duration;

use protocol::{MessageDto, ProblemDto};
use thiserror::Error;

/// Why a call didn't succeed.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The server refused, and says why.
    #[error("the server refused: {} ({})", .0.detail, .0.code)]
    Refused(Box<ProblemDto>),
    /// The answer isn't one that this server gives.
    #[error("the server answered with status {status} and something that can't be read")]
    Unreadable {
        /// The HTTP status.
        status: u16,
    },
    /// No answer came. What was asked for may have happened.
    #[error("no answer from the server")]
    Transport(#[from] reqwest::Error),
    /// The socket couldn't be opened, or failed.
    #[error("the socket failed")]
    Socket(#[from] Box<tokio_tungstenite::tungstenite::Error>),
    /// The server closed the socket.
    #[error("the server closed the socket with code {code}")]
    Closed {
        /// The close code; 1006 if the connection just ended.
        code: u16,
    },
    /// The server's address can't be used.
    #[error("{0} is not an address of the form http://host:port")]
    Address(String),
}

impl ClientError {
    /// Gives the server's error code, if the server refused.
    pub fn code(&self) -> Option<&str> {
        self.problem().map(|problem| problem.code.as_str())
    }

    /// Gives the HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused(problem) => Some(problem.status),
            Self::Unreadable { status } => Some(*status),
            Self::Transport(error) => error.status().map(|status| status.as_u16()),
            Self::Socket(error) => match &**error {
                tokio_tungstenite::tungstenite::Error::Http(response) => Some(response.status().as_u16()),
                _ => None,
            },
            Self::Closed { .. } | Self::Address(_) => None,
        }
    }

    /// Says after how long the same call may succeed, where the server knows.
    pub fn retry_after(&self) -> Option<Duration> {
        self.problem().and_then(|problem| problem.retry_after_ms).map(Duration::from_millis)
    }

    /// Gives the message as it is now, if an edit was refused with `version_mismatch`.
    pub fn current(&self) -> Option<&MessageDto> {
        self.problem().and_then(|problem| problem.current.as_deref())
    }

    fn problem(&self) -> Option<&ProblemDto> {
        match self {
            Self::Refused(problem) => Some(problem),
            _ => None,
        }
    }
}
