//! R7: connections that are cut after a random byte, and others that stall, dribble and delay.

use std::time::Duration;

use anyhow::Result;
use tokio::time::{Instant, sleep};

use super::context::Context;
use super::crowd::{Load, Pace};
use super::outcome::Outcome;
use super::stage::Stage;
use crate::checker::Expect;
use crate::client::Talker;
use crate::proxy::{RoughProxy, Roughness};

/// Cuts long before a page of changes has passed as well as long after. Beyond the longest page, so that
/// whoever is far behind gets on.
const CUT: Roughness =
    Roughness { cut_below: 120_000, slice: 0, delay: Duration::ZERO, stalls_percent: 0, stall: Duration::ZERO };
/// Pieces of a few hundred bytes, some late, some very late, and a cut in the end.
const DRIBBLE: Roughness = Roughness {
    cut_below: 150_000,
    slice: 600,
    delay: Duration::from_micros(500),
    stalls_percent: 1,
    stall: Duration::from_millis(80),
};

pub(super) async fn run(context: &Context) -> Result<Outcome> {
    let mut random = context.random("cuts");
    let goal = context.size(150, 2_000);
    let stage = Stage::open(context, 8, 4).await?;
    let cutting = RoughProxy::start(stage.crowd.address, CUT, random.fork()).await?;
    let dribbling = RoughProxy::start(stage.crowd.address, DRIBBLE, random.fork()).await?;
    let mut load = Load::default();
    let pace = Pace { pause: Duration::from_millis(50), changes_percent: 30 };
    for (number, session) in stage.crowd.people.iter().enumerate() {
        let proxy = if number % 4 == 3 { &dribbling } else { &cutting };
        load.talk(Talker::gateway(session, proxy.address()), &stage.crowd, pace, &mut random);
    }
    (0..16).for_each(|number| {
        load.watch(&stage.crowd, number, if number % 4 == 3 { dribbling.address() } else { cutting.address() });
    });
    let cuts = || cutting.cuts() + dribbling.cuts();
    let deadline = Instant::now() + context.size(Duration::from_secs(40), Duration::from_secs(1_200));
    while cuts() < goal && Instant::now() < deadline {
        sleep(Duration::from_millis(100)).await;
    }
    let (report, returns) = load.conclude(&stage.crowd, Expect::EveryFrame).await?;
    let mut outcome = Outcome::of(&format!("{} cuts, {returns} returns", cuts()), &report);
    outcome.require(cuts() >= goal, || format!("there were only {} cuts of {goal}", cuts()));
    Ok(outcome)
}
