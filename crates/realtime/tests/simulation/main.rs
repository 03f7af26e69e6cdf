//! The gateway as a state machine: people, devices, a bad store and bad hints, in every order that a seed gives.
//!
//! `CHINWAG_SIMULATION_CASES` sets how many seeds are tried, `CHINWAG_SIMULATION_SEED` tries one alone. Time is the test's:
//! nothing waits for a clock.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends at the first fault")]

mod chance;
mod device;
mod ending;
mod hints;
mod observer;
mod store;
#[path = "../support/mod.rs"]
mod support;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::runtime::Builder;
use world::World;

/// How many seeds are tried unless the environment says otherwise.
const CASES: u64 = 200;
/// How many things happen in a case.
const STEPS: usize = 60;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

/// Runs one case; answers what went wrong, with the end of the story.
fn run(seed: u64) -> Result<(), String> {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let mut world = runtime.block_on(World::new(seed));
    let case = async {
        for _ in 0..STEPS {
            world.step().await;
        }
        world.recover().await;
        world.check_replicas().await;
        world.check_sends().await;
    };
    let outcome = catch_unwind(AssertUnwindSafe(|| runtime.block_on(case)));
    outcome.map_err(|panic| {
        let fault = panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "a panic".to_owned());
        format!("{fault}\n{}", world.story.join("\n"))
    })
}

#[test]
fn whatever_happens_everybody_ends_with_what_a_fresh_connection_gets() {
    let seeds = match number("CHINWAG_SIMULATION_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("CHINWAG_SIMULATION_CASES").unwrap_or(CASES),
    };
    for seed in seeds {
        let outcome = run(seed);
        assert!(outcome.is_ok(), "CHINWAG_SIMULATION_SEED={seed}: {}", outcome.unwrap_err());
    }
}
