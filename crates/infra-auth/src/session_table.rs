//! A bounded table of sessions that were looked up lately.

use std::collections::{HashMap, VecDeque};

use domain::model::{SessionId, SessionUser, UserId};
use tokio::time::Instant;

struct Entry {
    live: SessionUser,
    fresh_until: Instant,
    /// Tells this entry from earlier ones of the same session in `order`.
    stamp: u64,
}

/// The state of the table when a look-up began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Generation(u64);

/// Sessions by id, at most `capacity`, the oldest given up first. Every removal begins a new generation, and what
/// was looked up in an earlier one isn't taken: it may be the very thing that was removed.
pub(crate) struct SessionTable {
    entries: HashMap<SessionId, Entry>,
    /// Every stored entry once, the oldest first; also some that are gone, never more than `capacity`.
    order: VecDeque<(SessionId, u64)>,
    capacity: usize,
    next_stamp: u64,
    generation: Generation,
}

impl SessionTable {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { entries: HashMap::new(), order: VecDeque::new(), capacity, next_stamp: 0, generation: Generation(0) }
    }

    pub(crate) const fn generation(&self) -> Generation {
        self.generation
    }

    pub(crate) fn get(&self, id: SessionId, now: Instant) -> Option<SessionUser> {
        let entry = self.entries.get(&id).filter(|entry| now < entry.fresh_until)?;
        Some(entry.live.clone())
    }

    /// Keeps what was looked up, unless something was removed since `looked_up_in`.
    pub(crate) fn insert(&mut self, looked_up_in: Generation, live: SessionUser, now: Instant, fresh_until: Instant) {
        if looked_up_in != self.generation {
            return;
        }
        let (id, stamp) = (live.session.id, self.next_stamp);
        self.next_stamp += 1;
        self.entries.insert(id, Entry { live, fresh_until, stamp });
        self.order.push_back((id, stamp));
        while self.order.front().is_some_and(|oldest| self.order.len() > self.capacity || !self.is_fresh(*oldest, now))
        {
            self.give_up_oldest();
        }
    }

    pub(crate) fn remove(&mut self, id: SessionId) {
        self.generation.0 += 1;
        self.entries.remove(&id);
    }

    pub(crate) fn remove_user(&mut self, user_id: UserId) {
        self.generation.0 += 1;
        self.entries.retain(|_, entry| entry.live.user.id != user_id);
    }

    pub(crate) fn clear(&mut self) {
        self.generation.0 += 1;
        self.entries.clear();
        self.order.clear();
    }

    #[cfg(test)]
    pub(crate) fn sizes(&self) -> (usize, usize) {
        (self.entries.len(), self.order.len())
    }

    fn is_fresh(&self, (id, stamp): (SessionId, u64), now: Instant) -> bool {
        self.entries.get(&id).is_some_and(|entry| entry.stamp == stamp && now < entry.fresh_until)
    }

    fn give_up_oldest(&mut self) {
        if let Some((id, stamp)) = self.order.pop_front()
            && self.entries.get(&id).is_some_and(|entry| entry.stamp == stamp)
        {
            self.entries.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::model::TokenDigest;
    use testkit::{a_session, a_user};

    use super::*;

    fn live() -> SessionUser {
        let user = a_user("ann").user;
        SessionUser { session: a_session(user.id, TokenDigest::from_bytes([0; 32])).session, user }
    }

    #[test]
    fn the_table_stays_within_its_capacity_and_gives_up_the_oldest() {
        let (mut table, now) = (SessionTable::new(3), Instant::now());
        let soon = now + Duration::from_secs(30);
        let all: Vec<_> = (0..10).map(|_| live()).collect();
        for one in &all {
            table.insert(table.generation(), one.clone(), now, soon);
        }
        assert_eq!(table.sizes(), (3, 3));
        assert_eq!(table.get(all[6].session.id, now), None);
        assert_eq!(table.get(all[7].session.id, now), Some(all[7].clone()));
    }

    #[test]
    fn removed_and_repeated_sessions_leave_no_litter() {
        let (mut table, now) = (SessionTable::new(5), Instant::now());
        let soon = now + Duration::from_secs(30);
        let one = live();
        for _ in 0..100 {
            table.insert(table.generation(), one.clone(), now, soon);
            table.insert(table.generation(), one.clone(), now, soon);
            table.remove(one.session.id);
        }
        table.insert(table.generation(), one.clone(), now, soon);
        let (entries, order) = table.sizes();
        assert_eq!(entries, 1);
        assert!(order <= 5);
        assert_eq!(table.get(one.session.id, now), Some(one));
    }

    #[test]
    fn an_entry_ends_with_its_time_and_is_given_up_by_the_next() {
        let (mut table, now) = (SessionTable::new(5), Instant::now());
        let soon = now + Duration::from_secs(30);
        let (one, other) = (live(), live());
        table.insert(table.generation(), one.clone(), now, soon);
        assert_eq!(table.get(one.session.id, soon), None);
        table.insert(table.generation(), other, soon, soon + Duration::from_secs(30));
        assert_eq!(table.sizes(), (1, 1));
    }

    #[test]
    fn what_was_looked_up_before_a_removal_is_not_taken() {
        let (mut table, now) = (SessionTable::new(5), Instant::now());
        let soon = now + Duration::from_secs(30);
        let one = live();
        let removals: [fn(&mut SessionTable, &SessionUser); 3] = [
            |table, one| table.remove(one.session.id),
            |table, one| table.remove_user(one.user.id),
            |table, _| table.clear(),
        ];
        for remove in removals {
            let before = table.generation();
            remove(&mut table, &one);
            table.insert(before, one.clone(), now, soon);
            assert_eq!(table.get(one.session.id, now), None);
        }
    }
}
