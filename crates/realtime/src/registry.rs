//! The connections of this node by their users.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::model::{Actor, RoomId, SessionId, UserId};

use crate::close_reason::CloseReason;
use crate::error::ConnectError;
use crate::gateway::Link;
use crate::outbox::Outbox;

/// The connections of this node.
#[derive(Debug)]
pub(crate) struct Registry {
    /// The most connections of one user; 0 for any number.
    max: usize,
    users: Mutex<HashMap<UserId, Vec<Connection>>>,
    next: AtomicU64,
}

/// A connection as the registry knows it.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    id: u64,
    session_id: SessionId,
    pub(crate) outbox: Arc<Outbox>,
    /// What only the gateway has.
    link: Option<Arc<Link>>,
}

impl Registry {
    pub(crate) fn new(max: usize) -> Self {
        Self { max, users: Mutex::default(), next: AtomicU64::new(0) }
    }

    /// Adds a connection under a new number, from which its link is made.
    pub(crate) fn add(
        &self,
        actor: &Actor,
        outbox: &Arc<Outbox>,
        link: impl FnOnce(u64) -> Option<Arc<Link>>,
    ) -> Result<(u64, Option<Arc<Link>>), ConnectError> {
        let mut users = self.lock();
        let connections = users.entry(actor.user_id).or_default();
        if self.max > 0 && connections.len() >= self.max {
            return Err(ConnectError::TooManyConnections { max: self.max });
        }
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let link = link(id);
        let outbox = Arc::clone(outbox);
        connections.push(Connection { id, session_id: actor.session_id, outbox, link: link.clone() });
        Ok((id, link))
    }

    pub(crate) fn remove(&self, user_id: UserId, id: u64) {
        let mut users = self.lock();
        if let Some(connections) = users.get_mut(&user_id) {
            connections.retain(|connection| connection.id != id);
            if connections.is_empty() {
                users.remove(&user_id);
            }
        }
    }

    pub(crate) fn of(&self, user_id: UserId) -> usize {
        self.lock().get(&user_id).map_or(0, Vec::len)
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().values().map(Vec::len).sum()
    }

    pub(crate) fn for_each(&self, mut visit: impl FnMut(u64, &Outbox)) {
        for connection in self.lock().values().flatten() {
            visit(connection.id, &connection.outbox);
        }
    }

    /// Visits the connections of one user, without holding the registry.
    pub(crate) fn for_user(&self, user_id: UserId, visit: impl FnMut(&Connection)) {
        let connections = self.lock().get(&user_id).cloned().unwrap_or_default();
        connections.iter().for_each(visit);
    }

    pub(crate) fn close_session(&self, user_id: UserId, session_id: SessionId, reason: CloseReason) {
        self.for_user(user_id, |connection| {
            if connection.session_id == session_id {
                connection.outbox.close(reason);
            }
        });
    }

    pub(crate) fn close_user(&self, user_id: UserId, reason: CloseReason) {
        self.for_user(user_id, |connection| connection.outbox.close(reason));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, Vec<Connection>>> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// Makes a connection of the gateway read a room again: its user may belong to it now.
    pub(crate) fn refresh(&self, room: RoomId) {
        if self.link.as_ref().is_some_and(|link| link.has_begun()) {
            self.outbox.refresh(room);
        }
    }

    /// Ends at once what a connection of the gateway gets of a room.
    pub(crate) fn leave(&self, room: RoomId) {
        if let Some(link) = &self.link {
            link.leave(room);
        }
    }
}
