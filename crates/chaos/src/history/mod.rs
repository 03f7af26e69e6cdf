//! What the clients of a run did, what they were answered and what they saw.

mod actions;
mod observer;
mod store;

pub use actions::{Acknowledgement, Action, Actions, Answer, Change, Send};
pub use observer::{Delivery, Observer, ReplicaRoom, Sighting};
pub use store::{Store, StoredRoom};

/// Everything that one run left behind, for the checker.
#[derive(Debug, Default)]
pub struct History {
    /// What was asked for.
    pub actions: Actions,
    /// What each observer saw, and what it holds at the end.
    pub observers: Vec<Observer>,
}

impl History {
    /// Adds what one client did.
    pub fn did(&mut self, actions: Actions) {
        self.actions.sends.extend(actions.sends);
        self.actions.changes.extend(actions.changes);
    }

    /// Adds what one client saw.
    pub fn saw(&mut self, observer: Observer) {
        self.observers.push(observer);
    }
}
