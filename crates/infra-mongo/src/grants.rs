//! Who was found to be a member of a room that takes messages: what a use case looked up needn't be looked up again
//! by the write that follows at once. Refusals aren't remembered.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::model::{RoomId, UserId};
use tokio::time::Instant;

/// How long a grant may be used: the time from a use case's look-up to its write, with room to spare.
const FRESH: Duration = Duration::from_millis(100);
/// How many grants are kept: more than are found while one is fresh.
const CAPACITY: usize = 4096;

/// What was granted in the last moment.
#[derive(Debug, Default)]
pub(crate) struct RecentGrants(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// How often this node changed something, so that what was found before isn't noted after it.
    changes: u64,
    grants: HashMap<(RoomId, UserId), Instant>,
}

/// A moment before a look-up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    at: Instant,
    changes: u64,
}

impl Moment {
    /// Tells whether what was found after this moment may be used at a later one.
    pub(crate) fn holds(self, later: Self) -> bool {
        self.changes == later.changes && later.at.duration_since(self.at) < FRESH
    }
}

impl RecentGrants {
    /// To be called before looking up what will be noted.
    pub(crate) fn moment(&self) -> Moment {
        Moment { at: Instant::now(), changes: self.lock().changes }
    }

    /// Notes that somebody was found to be a member, unless this node changed something since.
    pub(crate) fn note(&self, moment: Moment, room_id: RoomId, user_id: UserId) {
        let mut known = self.lock();
        if known.changes != moment.changes {
            return;
        }
        if known.grants.len() >= CAPACITY {
            known.grants.clear();
        }
        known.grants.insert((room_id, user_id), moment.at);
    }

    /// Tells whether somebody was found to be a member a moment ago. One look-up serves one write: whoever writes
    /// again is looked up again, so a departure on another node counts as soon as it would without this.
    pub(crate) fn take(&self, room_id: RoomId, user_id: UserId) -> bool {
        self.lock().grants.remove(&(room_id, user_id)).is_some_and(|at| at.elapsed() < FRESH)
    }

    /// To be called after this node changed a membership or a room.
    pub(crate) fn forget(&self) {
        let mut known = self.lock();
        known.changes += 1;
        known.grants.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use domain::model::Id;

    use super::*;

    fn room_and_user() -> (RoomId, UserId) {
        (RoomId::new(Id::from_bytes([1; 12])), UserId::new(Id::from_bytes([2; 12])))
    }

    #[tokio::test(start_paused = true)]
    async fn a_grant_is_good_once_and_for_a_moment() {
        let (room, user) = room_and_user();
        let recent = RecentGrants::default();
        recent.note(recent.moment(), room, user);
        assert!(recent.take(room, user));
        assert!(!recent.take(room, user));
        recent.note(recent.moment(), room, user);
        tokio::time::advance(FRESH).await;
        assert!(!recent.take(room, user));
    }

    #[tokio::test]
    async fn a_change_of_this_node_counts_at_once() {
        let (room, user) = room_and_user();
        let recent = RecentGrants::default();
        let before = recent.moment();
        recent.note(before, room, user);
        recent.forget();
        assert!(!recent.take(room, user));
        // The look-up had begun before the change, and ended after it.
        recent.note(before, room, user);
        assert!(!recent.take(room, user));
    }

    #[tokio::test]
    async fn no_more_is_kept_than_there_is_room_for() {
        let recent = RecentGrants::default();
        for number in 0..=CAPACITY {
            let mut bytes = [0; 12];
            bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
            let user = UserId::new(Id::from_bytes(bytes));
            recent.note(recent.moment(), room_and_user().0, user);
        }
        assert!(recent.lock().grants.len() <= CAPACITY);
    }
}
