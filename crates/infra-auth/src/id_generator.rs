//! Identifiers in the layout of a MongoDB ObjectId.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::model::{Id, Timestamp};
use domain::port::{Clock, IdGenerator};

use crate::random::random_bytes;

const COUNTER_BITS: u32 = 24;
const COUNTER_MASK: u64 = (1 << COUNTER_BITS) - 1;

/// Makes identifiers of four bytes of seconds, five random bytes that name this generator and three that count
/// from a random start. Within one generator every id is greater than all before it, from whatever thread and
/// whatever the clock does: while the clock is behind the last id, its second is kept and the counter goes on,
/// and a full counter carries into the second.
pub struct ObjectIdGenerator {
    clock: Arc<dyn Clock>,
    process: [u8; 5],
    /// The last id given out: its second, then its counter in the low 24 bits. Always grows, so that neither a
    /// clock that goes back nor a counter that is full can repeat an id.
    last: AtomicU64,
}

impl ObjectIdGenerator {
    /// Makes a generator that takes its seconds from that clock. One per process is enough; two don't meet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let [a, b, c] = random_bytes::<3>();
        Self { clock, process: random_bytes(), last: AtomicU64::new(u64::from(u32::from_be_bytes([0, a, b, c]))) }
    }

    #[cfg(test)]
    fn counting_from(clock: Arc<dyn Clock>, counter: u64) -> Self {
        Self { last: AtomicU64::new(counter), ..Self::new(clock) }
    }
}

impl IdGenerator for ObjectIdGenerator {
    fn generate(&self) -> Id {
        let now = seconds(self.clock.now());
        // Relaxed: the number itself is all that is shared, and changes of one atomic have one order.
        let next = |last: u64| {
            let following = last + 1;
            Some(following.max((now << COUNTER_BITS) | (following & COUNTER_MASK)))
        };
        let last = match self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next) {
            Ok(last) | Err(last) => last,
        };
        let number = next(last).unwrap_or(last).to_be_bytes();
        let mut bytes = [0_u8; 12];
        bytes[..4].copy_from_slice(&number[1..5]);
        bytes[4..9].copy_from_slice(&self.process);
        bytes[9..].copy_from_slice(&number[5..]);
        Id::from_bytes(bytes)
    }
}

impl fmt::Debug for ObjectIdGenerator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectIdGenerator").field("process", &self.process).finish_non_exhaustive()
    }
}

/// Gives whole seconds since 1970 as far as four bytes can hold them (until 2106).
fn seconds(time: Timestamp) -> u64 {
    let seconds = time.as_millis().div_euclid(1000).clamp(0, i64::from(u32::MAX));
    u64::from(u32::try_from(seconds).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::thread;
    use std::time::Duration;

    use testkit::{BASE_TIME, FixedClock};

    use super::*;

    #[test]
    fn an_id_begins_with_its_second() {
        let ids = ObjectIdGenerator::new(Arc::new(FixedClock::default()));
        let bytes = ids.generate().to_bytes();
        let second = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        assert_eq!(i64::from(second), BASE_TIME.as_millis() / 1000);
    }

    #[test]
    fn ids_keep_growing_when_the_clock_goes_back_and_forth() {
        let clock = Arc::new(FixedClock::default());
        let ids = ObjectIdGenerator::new(clock.clone());
        let mut last = ids.generate();
        for millis in [0, 86_400_000, -86_400_000, 7_200_000, -30 * 86_400_000, i64::from(i32::MIN), 1] {
            clock.set(Timestamp::from_millis(BASE_TIME.as_millis() + millis));
            for _ in 0..100 {
                let id = ids.generate();
                assert!(id > last, "{id} came after {last} at {millis}");
                last = id;
            }
        }
    }

    #[test]
    fn a_full_counter_carries_into_the_second() {
        let ids = ObjectIdGenerator::counting_from(Arc::new(FixedClock::default()), COUNTER_MASK - 2);
        let made: Vec<_> = (0..6).map(|_| ids.generate()).collect();
        assert!(made.is_sorted(), "{made:?}");
        assert_eq!(made.iter().collect::<BTreeSet<_>>().len(), 6);
    }

    #[test]
    fn threads_share_no_id_and_each_sees_them_grow() {
        let clock = Arc::new(FixedClock::default());
        let ids = ObjectIdGenerator::new(clock.clone());
        let made = thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        (0..5000)
                            .map(|round| {
                                if round % 100 == 0 {
                                    clock.advance(Duration::from_millis(300));
                                }
                                ids.generate()
                            })
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(made.iter().all(|of_thread| of_thread.is_sorted()));
        assert_eq!(made.into_iter().flatten().collect::<BTreeSet<_>>().len(), 20_000);
    }

    #[test]
    fn two_generators_do_not_meet() {
        let clock = Arc::new(FixedClock::default());
        let (one, other) = (ObjectIdGenerator::new(clock.clone()), ObjectIdGenerator::new(clock));
        assert_ne!(one.generate().to_bytes()[4..9], other.generate().to_bytes()[4..9]);
    }
}
