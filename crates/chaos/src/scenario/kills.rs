//! R1: the server is killed under load, again and again.

use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use super::context::Context;
use super::crowd::{Load, Pace};
use super::outcome::Outcome;
use super::stage::Stage;
use crate::checker::Expect;

/// Twenty people say about 300 messages a second.
pub(super) const PACE: Pace = Pace { pause: Duration::from_millis(60), changes_percent: 25 };

pub(super) async fn run(context: &Context) -> Result<Outcome> {
    let mut random = context.random("kills");
    let kills = context.size(6, 50);
    let mut stage = Stage::open(context, 20, 5).await?;
    let mut load = Load::default();
    load.talk_all(&stage.crowd, PACE, &mut random);
    (0..4).for_each(|number| load.watch(&stage.crowd, number, stage.crowd.address));
    let mut slowest = Duration::ZERO;
    for _ in 0..kills {
        // Different moments of whatever the server does between two commits.
        sleep(Duration::from_millis(300 + random.below(900))).await;
        slowest = slowest.max(stage.kill_and_restart().await?);
    }
    sleep(Duration::from_millis(500)).await;
    let (report, returns) = load.conclude(&stage.crowd, Expect::EveryFrame).await?;
    let happened = format!("{kills} kills -9, {returns} returns, ready again after at most {} ms", slowest.as_millis());
    let mut outcome = Outcome::of(&happened, &report);
    outcome.require_within(slowest, context.size(Duration::from_secs(15), Duration::from_secs(2)), "starting again");
    Ok(outcome)
}
