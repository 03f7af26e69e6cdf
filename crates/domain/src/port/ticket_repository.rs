//! One-shot tickets.

use async_trait::async_trait;

use super::RepositoryError;
use crate::model::{NewTicket, SessionId, Timestamp, TokenDigest};

/// Keeps the tickets that open one gateway connection each, until they are used or expire. They needn't outlive a
/// restart of the whole system, but every node accepts those of every other.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait TicketRepository: Send + Sync {
    /// Adds a ticket.
    async fn insert(&self, ticket: NewTicket) -> Result<(), RepositoryError>;

    /// Uses a ticket up and gives its session; nothing for an unknown, used or expired one. Atomic: of two that present
    /// it one gets the session.
    async fn take(&self, digest: TokenDigest, now: Timestamp) -> Result<Option<SessionId>, RepositoryError>;
}
