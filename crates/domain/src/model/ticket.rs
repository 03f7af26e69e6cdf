//! A one-shot ticket to the gateway.

use super::{SessionId, Timestamp, TokenDigest};

/// A ticket to be kept: it opens one connection in the name of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTicket {
    /// The digest of the secret it is known by.
    pub digest: TokenDigest,
    /// The session it acts in.
    pub session_id: SessionId,
    /// When it stops being good.
    pub expires_at: Timestamp,
}
