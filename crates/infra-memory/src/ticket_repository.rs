//! One-shot tickets in memory.

use async_trait::async_trait;
use domain::model::{NewTicket, SessionId, Timestamp, TokenDigest};
use domain::port::{RepositoryError, TicketRepository};

use crate::store::MemoryStore;

/// Keeps tickets in memory. Those that nobody used go when the next one is used.
#[derive(Debug, Clone)]
pub struct MemoryTicketRepository {
    store: MemoryStore,
}

impl MemoryTicketRepository {
    pub(crate) const fn new(store: MemoryStore) -> Self {
        Self { store }
    }
}

#[async_trait]
impl TicketRepository for MemoryTicketRepository {
    async fn insert(&self, ticket: NewTicket) -> Result<(), RepositoryError> {
        self.store.lock()?.tickets.insert(ticket.digest, ticket);
        Ok(())
    }

    async fn take(&self, digest: TokenDigest, now: Timestamp) -> Result<Option<SessionId>, RepositoryError> {
        let mut state = self.store.lock()?;
        state.tickets.retain(|_, ticket| ticket.expires_at > now);
        Ok(state.tickets.remove(&digest).map(|ticket| ticket.session_id))
    }
}
