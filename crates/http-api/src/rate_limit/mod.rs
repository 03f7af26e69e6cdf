//! Who may do how much, in memory of a bounded size and on the monotonic clock.

mod buckets;
mod limiters;
mod log_in_delays;

pub(crate) use buckets::TooFast;
pub(crate) use limiters::{Limiters, QuotaSlot, network};
