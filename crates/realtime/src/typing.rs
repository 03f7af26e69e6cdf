//! Who is writing in one room.

use std::time::Duration;

use domain::model::UserId;
use tokio::time::Instant;

/// How long somebody is shown as writing after their last sign.
const LASTS: Duration = Duration::from_secs(8);
/// The most people who are shown; more would only be noise.
const MOST: usize = 20;

/// Who is writing in one room, in the order in which they began. Pure state.
#[derive(Debug, Default)]
pub(crate) struct Typers {
    until: Vec<(UserId, Instant)>,
}

impl Typers {
    /// Notes that somebody is writing, or stopped; answers whether the list changed.
    pub(crate) fn note(&mut self, user: UserId, on: bool, now: Instant) -> bool {
        let known = self.until.iter().position(|(other, _)| *other == user);
        match (known, on) {
            (Some(index), true) => self.until[index].1 = now + LASTS,
            (Some(index), false) => {
                self.until.remove(index);
                return true;
            }
            (None, true) if self.until.len() < MOST => {
                self.until.push((user, now + LASTS));
                return true;
            }
            (None, _) => {}
        }
        false
    }

    /// Forgets who gave no sign for too long; answers whether the list changed.
    pub(crate) fn expire(&mut self, now: Instant) -> bool {
        let before = self.until.len();
        self.until.retain(|(_, until)| *until > now);
        self.until.len() < before
    }

    /// Tells when the next one is to be forgotten.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.until.iter().map(|(_, until)| *until).min()
    }

    /// Gives everybody who is writing.
    pub(crate) fn list(&self) -> Vec<String> {
        self.until.iter().map(|(user, _)| user.to_string()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::model::Id;

    fn user(number: u8) -> UserId {
        UserId::new(Id::from_bytes([number; 12]))
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_gives_no_sign_for_eight_seconds_is_forgotten() {
        let mut typers = Typers::default();
        let start = Instant::now();
        assert!(typers.note(user(1), true, start));
        assert!(!typers.note(user(1), true, start + Duration::from_secs(5)), "a sign again changes no list");
        assert!(!typers.expire(start + Duration::from_secs(9)));
        assert!(typers.expire(start + Duration::from_secs(13)));
        assert!(typers.list().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn the_list_has_a_bound_and_the_order_in_which_people_began() {
        let mut typers = Typers::default();
        for number in 0..30 {
            typers.note(user(number), true, Instant::now());
        }
        assert_eq!(typers.list().len(), MOST);
        assert_eq!(typers.list()[0], user(0).to_string());
        assert!(typers.note(user(0), false, Instant::now()));
        assert!(!typers.note(user(0), false, Instant::now()));
    }
}
