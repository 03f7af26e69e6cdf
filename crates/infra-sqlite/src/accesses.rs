//! The rooms and memberships that were asked for lately, as they are committed.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use domain::model::{RoomAccess, RoomId, RoomName, RoomRef, UserId};

/// The most entries; beyond, all are forgotten.
const MOST: usize = 8192;

/// What a write changed of that which is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Changed {
    /// A user's place in a room.
    Place(RoomId, UserId),
    /// A room.
    Room(RoomId),
}

/// Remembers what [`domain::port::RoomRepository::access`] found, because that read precedes every decision in a
/// room. A room keeps its name for ever.
///
/// The store's process is the only one that writes (it holds the data directory), and the writer forgets what it
/// changed after the commit and before anybody hears of it. So whoever asks after a write was answered sees that
/// write. Whoever read the database before a commit and wants to remember the outcome after it is refused by the
/// generation.
#[derive(Debug, Default)]
pub(crate) struct Accesses {
    entries: RwLock<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    generation: Generation,
    names: HashMap<RoomName, RoomId>,
    accesses: HashMap<(RoomId, UserId), RoomAccess>,
}

/// Counts the times something was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Generation(u64);

impl Accesses {
    /// Gives the room and the user's membership if they are known, else the generation to remember them with.
    pub(crate) fn find(&self, room: &RoomRef, user_id: UserId) -> Result<RoomAccess, Generation> {
        let entries = self.read();
        let id = match room {
            RoomRef::Id(id) => Some(*id),
            RoomRef::Name(name) => entries.names.get(name).copied(),
        };
        let known = id.and_then(|id| entries.accesses.get(&(id, user_id)));
        known.cloned().ok_or(entries.generation)
    }

    /// Remembers what was read after the generation was asked for.
    pub(crate) fn remember(&self, user_id: UserId, access: &RoomAccess, read_in: Generation) {
        let mut entries = self.write();
        if entries.generation != read_in {
            return;
        }
        if entries.accesses.len() >= MOST {
            entries.accesses.clear();
            entries.names.clear();
        }
        if let Some(name) = access.room.name.clone() {
            entries.names.insert(name, access.room.id);
        }
        entries.accesses.insert((access.room.id, user_id), access.clone());
    }

    /// Forgets what was changed, after the commit and before anybody is told of it.
    pub(crate) fn forget(&self, changed: &[Changed]) {
        if changed.is_empty() {
            return;
        }
        let mut entries = self.write();
        entries.generation.0 += 1;
        for change in changed {
            match change {
                Changed::Place(room_id, user_id) => drop(entries.accesses.remove(&(*room_id, *user_id))),
                Changed::Room(room_id) => entries.accesses.retain(|(id, _), _| id != room_id),
            }
        }
    }

    // Nothing here panics half-way through a change, so a poisoned lock holds nothing wrong.
    fn read(&self) -> RwLockReadGuard<'_, Entries> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Entries> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use testkit::{a_room, fresh_id};

    use super::*;

    fn access() -> (UserId, RoomAccess) {
        let user_id = UserId::new(fresh_id());
        (user_id, RoomAccess { room: a_room("general", user_id).room, membership: None })
    }

    #[test]
    fn what_was_read_before_a_change_is_not_remembered_after_it() {
        let accesses = Accesses::default();
        let (user_id, access) = access();
        let by_id = RoomRef::Id(access.room.id);
        let before = accesses.find(&by_id, user_id).unwrap_err();
        accesses.forget(&[Changed::Place(access.room.id, user_id)]);
        accesses.remember(user_id, &access, before);
        let after = accesses.find(&by_id, user_id).unwrap_err();
        accesses.remember(user_id, &access, after);
        assert_eq!(accesses.find(&by_id, user_id), Ok(access));
    }

    #[test]
    fn a_change_of_membership_is_seen_under_both_names_of_the_room() {
        let accesses = Accesses::default();
        let (user_id, access) = access();
        let by_name = RoomRef::Name(access.room.name.clone().unwrap());
        let generation = accesses.find(&by_name, user_id).unwrap_err();
        accesses.remember(user_id, &access, generation);
        assert!(accesses.find(&by_name, user_id).is_ok());
        accesses.forget(&[Changed::Place(access.room.id, user_id)]);
        assert!(accesses.find(&by_name, user_id).is_err());
        assert!(accesses.find(&RoomRef::Id(access.room.id), user_id).is_err());
    }

    #[test]
    fn a_change_of_a_room_is_seen_by_everybody() {
        let accesses = Accesses::default();
        let (users, (_, access)) = ([UserId::new(fresh_id()), UserId::new(fresh_id())], access());
        let (other_user, other) = self::access();
        let by_id = RoomRef::Id(access.room.id);
        for user_id in users {
            accesses.remember(user_id, &access, Generation::default());
        }
        accesses.remember(other_user, &other, Generation::default());
        accesses.forget(&[Changed::Room(access.room.id)]);
        assert!(users.iter().all(|user_id| accesses.find(&by_id, *user_id).is_err()));
        assert!(accesses.find(&RoomRef::Id(other.room.id), other_user).is_ok());
    }

    #[test]
    fn no_more_is_remembered_than_the_bound() {
        let accesses = Accesses::default();
        let (_, access) = access();
        for _ in 0..=MOST {
            accesses.remember(UserId::new(fresh_id()), &access, Generation::default());
        }
        assert_eq!(accesses.read().accesses.len(), 1);
    }
}
