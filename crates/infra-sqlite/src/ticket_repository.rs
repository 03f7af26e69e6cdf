//! One-shot tickets, in the memory of the store: its process is the only one, and they needn't outlive it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::model::{NewTicket, SessionId, Timestamp, TokenDigest};
use domain::port::{RepositoryError, TicketRepository};

use crate::SqliteStore;

/// The most tickets kept; beyond, the oldest goes.
const MOST: usize = 16 * 1024;

/// The tickets that are neither used nor known to have expired.
#[derive(Debug, Default)]
pub(crate) struct Tickets {
    tickets: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    by_digest: HashMap<TokenDigest, (SessionId, Timestamp)>,
    /// From the oldest; some of them are used already.
    oldest: VecDeque<TokenDigest>,
}

impl Tickets {
    fn insert(&self, ticket: &NewTicket) {
        let mut queue = self.lock();
        if queue.oldest.len() >= MOST
            && let Some(oldest) = queue.oldest.pop_front()
        {
            queue.by_digest.remove(&oldest);
        }
        queue.oldest.push_back(ticket.digest);
        queue.by_digest.insert(ticket.digest, (ticket.session_id, ticket.expires_at));
    }

    fn take(&self, digest: TokenDigest, now: Timestamp) -> Option<SessionId> {
        let mut queue = self.lock();
        let taken = queue.by_digest.remove(&digest);
        while let Some(oldest) = queue.oldest.front().copied() {
            if queue.by_digest.get(&oldest).is_some_and(|(_, expires_at)| *expires_at > now) {
                break;
            }
            queue.by_digest.remove(&oldest);
            queue.oldest.pop_front();
        }
        taken.filter(|(_, expires_at)| *expires_at > now).map(|(session_id, _)| session_id)
    }

    // Nothing here panics half-way through a change, so a poisoned lock holds nothing wrong.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps tickets in the memory of an SQLite store.
#[derive(Debug, Clone)]
pub struct SqliteTicketRepository {
    store: SqliteStore,
}

impl SqliteTicketRepository {
    pub(crate) const fn new(store: SqliteStore) -> Self {
        Self { store }
    }
}

#[async_trait]
impl TicketRepository for SqliteTicketRepository {
    async fn insert(&self, ticket: NewTicket) -> Result<(), RepositoryError> {
        self.store.shared().tickets.insert(&ticket);
        Ok(())
    }

    async fn take(&self, digest: TokenDigest, now: Timestamp) -> Result<Option<SessionId>, RepositoryError> {
        Ok(self.store.shared().tickets.take(digest, now))
    }
}

#[cfg(test)]
mod tests {
    use testkit::fresh_id;

    use super::*;

    fn digest(number: usize) -> TokenDigest {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&number.to_le_bytes());
        TokenDigest::from_bytes(bytes)
    }

    fn sizes(tickets: &Tickets) -> (usize, usize) {
        let queue = tickets.lock();
        (queue.by_digest.len(), queue.oldest.len())
    }

    fn ticket(number: usize, expires_at: i64) -> NewTicket {
        let session_id = SessionId::new(fresh_id());
        NewTicket { digest: digest(number), session_id, expires_at: Timestamp::from_millis(expires_at) }
    }

    #[test]
    fn what_was_used_or_has_expired_takes_no_space_once_the_next_one_is_used() {
        let tickets = Tickets::default();
        for number in 0..100 {
            tickets.insert(&ticket(number, 10));
        }
        let last = ticket(100, 30);
        tickets.insert(&last);
        assert_eq!(tickets.take(digest(50), Timestamp::from_millis(10)), None);
        assert_eq!(sizes(&tickets), (1, 1));
        assert_eq!(tickets.take(digest(100), Timestamp::from_millis(10)), Some(last.session_id));
        assert_eq!(sizes(&tickets), (0, 0));
    }

    #[test]
    fn no_more_are_kept_than_the_bound_and_the_oldest_go() {
        let tickets = Tickets::default();
        for number in 0..=MOST {
            tickets.insert(&ticket(number, 10));
        }
        assert_eq!(tickets.lock().by_digest.len(), MOST);
        assert_eq!(tickets.take(digest(0), Timestamp::from_millis(0)), None);
        assert!(tickets.take(digest(MOST), Timestamp::from_millis(0)).is_some());
    }
}
