//! Tickets that can't be relied on.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::model::{NewTicket, SessionId, Timestamp, TokenDigest};
use domain::port::{RepositoryError, TicketRepository};

use super::dawdle;

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum TicketFault {
    TakesTicketsTwice,
    TakesTicketsTwiceUnderLoad,
    TakesExpiredTickets,
    TakesTicketsTooLong,
    KeepsOneTicketASession,
}

use TicketFault as Fault;

/// Honest tickets behind one fault.
pub struct MisbehavingTickets {
    inner: Arc<dyn TicketRepository>,
    fault: TicketFault,
    tickets: Mutex<HashMap<TokenDigest, SessionId>>,
}

impl MisbehavingTickets {
    /// Puts the fault before the honest repository.
    pub fn new(inner: Arc<dyn TicketRepository>, fault: TicketFault) -> Self {
        Self { inner, fault, tickets: Mutex::default() }
    }

    fn known(&self, digest: TokenDigest) -> Option<SessionId> {
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner).get(&digest).copied()
    }

    fn forget(&self, digest: TokenDigest) {
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner).remove(&digest);
    }
}

#[async_trait]
impl TicketRepository for MisbehavingTickets {
    async fn insert(&self, ticket: NewTicket) -> Result<(), RepositoryError> {
        {
            let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
            if self.fault == Fault::KeepsOneTicketASession {
                tickets.retain(|_, session| *session != ticket.session_id);
            }
            tickets.insert(ticket.digest, ticket.session_id);
        }
        self.inner.insert(ticket).await
    }

    async fn take(&self, digest: TokenDigest, now: Timestamp) -> Result<Option<SessionId>, RepositoryError> {
        let known = self.known(digest);
        let now = match self.fault {
            Fault::TakesExpiredTickets => Timestamp::from_millis(0),
            Fault::TakesTicketsTooLong => Timestamp::from_millis(now.as_millis() - 1),
            Fault::TakesTicketsTwiceUnderLoad => {
                dawdle().await;
                self.forget(digest);
                return Ok(known);
            }
            _ => now,
        };
        let taken = self.inner.take(digest, now).await?;
        Ok(match self.fault {
            Fault::TakesTicketsTwice => taken.or(known),
            Fault::KeepsOneTicketASession => taken.and(known),
            _ => taken,
        })
    }
}

impl fmt::Debug for MisbehavingTickets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MisbehavingTickets").field("fault", &self.fault).finish_non_exhaustive()
    }
}
