//! Who was found to be a member a moment ago: what a use case looked up needn't be looked up again by the write that
//! follows at once.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::model::{RoomAccess, RoomId, UserId};
use tokio::time::Instant;

/// How long an answer may be used again. It bounds how much later than on its own node a departure counts elsewhere.
const FRESH: Duration = Duration::from_millis(100);
/// How many answers are kept: more than are given while one is fresh.
const CAPACITY: usize = 4096;

/// What somebody may do in a room that exists, as far as a write asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) archived: bool,
    pub(crate) member: bool,
}

impl From<&RoomAccess> for Standing {
    fn from(access: &RoomAccess) -> Self {
        Self { archived: access.room.archived_at.is_some(), member: access.membership.is_some() }
    }
}

/// The answers of the last moment.
#[derive(Debug, Default)]
pub(crate) struct RecentStandings(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// How often this node changed something, so that an answer from before it isn't noted after it.
    changes: u64,
    answers: HashMap<(RoomId, UserId), (Instant, Standing)>,
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

impl RecentStandings {
    /// To be called before looking up what will be noted.
    pub(crate) fn moment(&self) -> Moment {
        Moment { at: Instant::now(), changes: self.lock().changes }
    }

    /// Notes what was found, unless this node changed something since.
    pub(crate) fn note(&self, moment: Moment, found: impl Iterator<Item = (RoomId, UserId, Standing)>) {
        let mut known = self.lock();
        if known.changes != moment.changes {
            return;
        }
        if known.answers.len() >= CAPACITY {
            known.answers.clear();
        }
        known.answers.extend(found.map(|(room_id, user_id, standing)| ((room_id, user_id), (moment.at, standing))));
    }

    /// Gives what was found a moment ago.
    pub(crate) fn get(&self, room_id: RoomId, user_id: UserId) -> Option<Standing> {
        let (at, standing) = *self.lock().answers.get(&(room_id, user_id))?;
        (at.elapsed() < FRESH).then_some(standing)
    }

    /// To be called after this node changed a membership or a room.
    pub(crate) fn forget(&self) {
        let mut known = self.lock();
        known.changes += 1;
        known.answers.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use domain::model::Id;

    use super::*;

    const MEMBER: Standing = Standing { archived: false, member: true };

    fn room_and_user() -> (RoomId, UserId) {
        (RoomId::new(Id::from_bytes([1; 12])), UserId::new(Id::from_bytes([2; 12])))
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_good_for_a_moment() {
        let (room, user) = room_and_user();
        let recent = RecentStandings::default();
        recent.note(recent.moment(), [(room, user, MEMBER)].into_iter());
        assert_eq!(recent.get(room, user), Some(MEMBER));
        tokio::time::advance(FRESH).await;
        assert_eq!(recent.get(room, user), None);
    }

    #[tokio::test]
    async fn a_change_of_this_node_counts_at_once() {
        let (room, user) = room_and_user();
        let recent = RecentStandings::default();
        let before = recent.moment();
        recent.note(before, [(room, user, MEMBER)].into_iter());
        recent.forget();
        assert_eq!(recent.get(room, user), None);
        // The look-up had begun before the change, and ended after it.
        recent.note(before, [(room, user, MEMBER)].into_iter());
        assert_eq!(recent.get(room, user), None);
    }

    #[tokio::test]
    async fn no_more_is_kept_than_there_is_room_for() {
        let recent = RecentStandings::default();
        for number in 0..=CAPACITY {
            let mut bytes = [0; 12];
            bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
            let user = UserId::new(Id::from_bytes(bytes));
            recent.note(recent.moment(), [(room_and_user().0, user, MEMBER)].into_iter());
        }
        assert!(recent.lock().answers.len() <= CAPACITY);
    }
}
