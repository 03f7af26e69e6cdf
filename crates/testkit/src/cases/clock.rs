//! What every `Clock` that tells the time of day must do.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use domain::port::Clock;

/// Makes one test per case of this port; the argument gives an `Arc` of it.
#[macro_export]
macro_rules! clock_contract {
    ($make:expr) => {
        $crate::__contract! { sync clock, ::std::sync::Arc<dyn ::domain::port::Clock>, $make, [
            the_clock_tells_the_time_of_day_in_milliseconds
            the_clock_goes_on
        ] }
    };
}

#[expect(clippy::disallowed_methods, reason = "this is what the clock is checked against")]
fn system_millis() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the machine's clock is after 1970");
    i64::try_from(since.as_millis()).expect("and not absurdly far")
}

pub fn the_clock_tells_the_time_of_day_in_milliseconds(clock: &Arc<dyn Clock>) {
    let before = system_millis();
    let now = clock.now().as_millis();
    let after = system_millis();
    // The machine may set its clock in between; a second is far more than it slews.
    assert!((before - 1000..=after + 1000).contains(&now), "{before} ≤ {now} ≤ {after}");
}

pub fn the_clock_goes_on(clock: &Arc<dyn Clock>) {
    let first = clock.now();
    let begun = Instant::now();
    while clock.now() == first {
        assert!(begun.elapsed() < Duration::from_secs(10), "the clock stands still");
        std::thread::yield_now();
    }
}
