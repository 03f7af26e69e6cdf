//! Slows down guessing at one account without locking its owner out.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::buckets::{Buckets, Quota, TooFast};

/// The longest delay of one attempt.
const LONGEST: Duration = Duration::from_secs(5);
/// How many attempts for one account may be delayed at a time.
const WAITING: usize = 4;

/// Failed log-ins by account. Beyond the quota an attempt is delayed and then made, so that the right password
/// still opens the account while somebody else guesses; only a few may wait at a time.
#[derive(Debug)]
pub(crate) struct LogInDelays {
    buckets: Buckets<String>,
    waiting: Mutex<HashMap<String, usize>>,
}

impl LogInDelays {
    /// Makes one for that quota.
    pub(crate) fn new(quota: Quota) -> Self {
        Self { buckets: Buckets::new(quota), waiting: Mutex::default() }
    }

    /// Waits until the attempt may be made.
    ///
    /// # Errors
    /// [`TooFast`] if too many others wait for this account.
    pub(crate) async fn hold(&self, account: &str) -> Result<(), TooFast> {
        let Err(too_fast) = self.buckets.spend(account.to_owned(), Instant::now()) else {
            return Ok(());
        };
        let delay = too_fast.wait.min(LONGEST);
        let Some(_place) = self.queue(account) else {
            return Err(TooFast { wait: delay, ..too_fast });
        };
        tokio::time::sleep(delay).await;
        Ok(())
    }

    /// Forgets an attempt that succeeded.
    pub(crate) fn forgive(&self, account: &str) {
        self.buckets.refund(&account.to_owned());
    }

    fn queue<'a>(&'a self, account: &'a str) -> Option<Place<'a>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = waiting.entry(account.to_owned()).or_default();
        if *count >= WAITING {
            return None;
        }
        *count += 1;
        Some(Place { delays: self, account })
    }
}

/// A place in the queue of an account, given back when dropped.
struct Place<'a> {
    delays: &'a LogInDelays,
    account: &'a str,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut waiting = self.delays.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = waiting.get_mut(self.account) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn beyond_the_quota_a_few_attempts_are_delayed_and_further_ones_refused() {
        let delays = LogInDelays::new(Quota { name: "logins", burst: 1, each: Duration::from_secs(90) });
        delays.hold("ann").await.unwrap();
        let before = tokio::time::Instant::now();
        let held = futures_util::future::join_all((0..=WAITING).map(|_| delays.hold("ann"))).await;
        assert_eq!(held.iter().filter(|held| held.is_ok()).count(), WAITING);
        assert_eq!(before.elapsed(), LONGEST);
        delays.hold("bob").await.unwrap();
        assert_eq!(before.elapsed(), LONGEST);
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_that_succeed_do_not_count() {
        let delays = LogInDelays::new(Quota { name: "logins", burst: 1, each: Duration::from_secs(90) });
        let before = tokio::time::Instant::now();
        for _ in 0..10 {
            delays.hold("ann").await.unwrap();
            delays.forgive("ann");
        }
        assert_eq!(before.elapsed(), Duration::ZERO);
    }
}
