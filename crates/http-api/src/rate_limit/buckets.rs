//! Token buckets by key, kept as the generic cell rate algorithm does (ITU-T I.371, annex A): one time per key.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How much may be done at once, and how fast it comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    /// The word for it in `RateLimit` headers.
    pub(crate) name: &'static str,
    /// How many at once.
    pub(crate) burst: u32,
    /// The time in which one comes back.
    pub(crate) each: Duration,
}

/// Something was within the quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spent {
    /// The quota.
    pub(crate) quota: Quota,
    /// How many more may be done right now.
    pub(crate) remaining: u32,
    /// When the whole burst is back.
    pub(crate) reset: Duration,
}

/// Something was beyond the quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooFast {
    /// The quota.
    pub(crate) quota: Quota,
    /// After what time one more may be done.
    pub(crate) wait: Duration,
}

/// A bucket per key; a full bucket takes no memory for long.
#[derive(Debug)]
pub(crate) struct Buckets<K> {
    quota: Quota,
    state: Mutex<State<K>>,
}

#[derive(Debug)]
struct State<K> {
    /// When each bucket is full again.
    full_at: HashMap<K, Instant>,
    /// The number of keys at which full buckets are dropped.
    sweep_size: usize,
    /// The one bucket of all keys that have found no place.
    overflow: Option<Instant>,
}

/// The fewest keys worth a sweep.
const SWEEP: usize = 1024;
/// The most keys with a bucket of their own; an entry takes less than 100 bytes.
const MAX_KEYS: usize = 100_000;

impl<K: Hash + Eq> Buckets<K> {
    /// Makes full buckets.
    pub(crate) fn new(quota: Quota) -> Self {
        let state = State { full_at: HashMap::new(), sweep_size: SWEEP, overflow: None };
        Self { quota, state: Mutex::new(state) }
    }

    /// Takes one out of the key's bucket.
    ///
    /// # Errors
    /// [`TooFast`] if it is empty; nothing is taken then.
    pub(crate) fn spend(&self, key: K, now: Instant) -> Result<Spent, TooFast> {
        let Quota { burst, each, .. } = self.quota;
        let mut state = self.lock();
        state.sweep(now);
        let full = state.full_at.len() >= MAX_KEYS && !state.full_at.contains_key(&key);
        let slot = if full { state.overflow.get_or_insert(now) } else { state.full_at.entry(key).or_insert(now) };
        let after = (*slot).max(now) + each;
        let whole = each * burst;
        let reset = after - now;
        if reset > whole {
            return Err(TooFast { quota: self.quota, wait: reset.saturating_sub(whole) });
        }
        *slot = after;
        let remaining = (whole.saturating_sub(reset).as_nanos() / each.as_nanos().max(1)).try_into().unwrap_or(burst);
        Ok(Spent { quota: self.quota, remaining, reset })
    }

    /// Puts one back.
    pub(crate) fn refund(&self, key: &K) {
        let each = self.quota.each;
        if let Some(full_at) = self.lock().full_at.get_mut(key) {
            *full_at = full_at.checked_sub(each).unwrap_or(*full_at);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<K>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq> State<K> {
    fn sweep(&mut self, now: Instant) {
        if self.full_at.len() >= self.sweep_size {
            self.full_at.retain(|_, full_at| *full_at > now);
            self.full_at.shrink_to(SWEEP);
            self.sweep_size = (self.full_at.len() * 2).max(SWEEP);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTA: Quota = Quota { name: "test", burst: 3, each: Duration::from_millis(200) };

    #[test]
    fn a_burst_is_let_through_and_then_one_at_a_time() {
        let buckets = Buckets::new(QUOTA);
        let start = Instant::now();
        let remaining: Vec<_> = (0..3).map(|_| buckets.spend("a", start).unwrap().remaining).collect();
        assert_eq!(remaining, [2, 1, 0]);
        assert_eq!(buckets.spend("a", start).unwrap_err().wait, Duration::from_millis(200));
        assert!(buckets.spend("b", start).is_ok());
        let later = start + Duration::from_millis(200);
        assert!(buckets.spend("a", later).is_ok());
        assert!(buckets.spend("a", later).is_err());
        buckets.refund(&"a");
        assert!(buckets.spend("a", later).is_ok());
    }

    #[test]
    fn a_pause_gives_no_more_than_the_burst() {
        let buckets = Buckets::new(QUOTA);
        let start = Instant::now();
        let later = start + Duration::from_secs(3600);
        let let_through = (0..10).filter(|_| buckets.spend("a", later).is_ok()).count();
        assert_eq!(let_through, 3);
    }

    #[test]
    fn many_keys_share_a_bucket_in_the_end_and_are_forgotten_when_full() {
        let buckets = Buckets::new(QUOTA);
        let start = Instant::now();
        let refused = (0..MAX_KEYS + 10).filter(|key| buckets.spend(*key, start).is_err()).count();
        assert_eq!(refused, 10 - 3);
        assert!(buckets.spend(usize::MAX, start + Duration::from_secs(1)).is_ok());
        assert!(buckets.lock().full_at.len() < SWEEP || buckets.lock().sweep_size > MAX_KEYS);
    }
}
