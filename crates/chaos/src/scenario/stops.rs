//! R13: the server is asked to stop under load, again and again.

use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use super::context::Context;
use super::crowd::Load;
use super::kills::PACE;
use super::outcome::Outcome;
use super::stage::Stage;
use crate::checker::Expect;

pub(super) async fn run(context: &Context) -> Result<Outcome> {
    let mut random = context.random("stops");
    let stops = context.size(3, 20);
    let mut stage = Stage::open(context, 20, 5).await?;
    let mut load = Load::default();
    load.talk_all(&stage.crowd, PACE, &mut random);
    (0..4).for_each(|number| load.watch(&stage.crowd, number, stage.crowd.address));
    let (mut slowest, mut complaints) = (Duration::ZERO, Vec::new());
    for number in 1..=stops {
        sleep(Duration::from_millis(300 + random.below(900))).await;
        let (status, took) = stage.terminate().await?;
        slowest = slowest.max(took);
        if !status.success() {
            complaints.push(format!("stop {number} ended with {status}"));
        }
        stage.start_again().await?;
    }
    sleep(Duration::from_millis(500)).await;
    let (report, returns) = load.conclude(&stage.crowd, Expect::EveryFrame).await?;
    let happened =
        format!("{stops} times SIGTERM, {returns} returns, stopped after at most {} ms", slowest.as_millis());
    let mut outcome = Outcome::of(&happened, &report);
    outcome.complaints.extend(complaints);
    outcome.require_within(slowest, Duration::from_secs(10), "stopping");
    Ok(outcome)
}
