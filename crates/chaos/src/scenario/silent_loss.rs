//! R9: frames get lost on their way out, and nobody is told.

use std::time::Duration;

use anyhow::Result;
use client::Api;
use tokio::time::sleep;

use super::context::Context;
use super::crowd::{Crowd, Load, Pace};
use super::outcome::Outcome;
use super::stage::Stage;
use crate::checker::Expect;
use crate::history::Delivery;
use crate::proxy::{FilterProxy, Verdict};
use crate::random::Random;

/// How many of a hundred frames with changes get lost.
const LOST_PERCENT: u64 = 10;

pub(super) async fn run(context: &Context) -> Result<Outcome> {
    let mut random = context.random("silent-loss");
    let seconds = context.size(5, 60);
    let stage = Stage::open(context, 6, 3).await?;
    let proxy = FilterProxy::start(stage.crowd.address, losing(random.fork())).await?;
    let mut load = Load::default();
    let pace = Pace { pause: Duration::from_millis(60), changes_percent: 25 };
    load.talk_all(&stage.crowd, pace, &mut random);
    (0..8).for_each(|number| load.watch(&stage.crowd, number, proxy.address()));
    // The library asks again for what was asked for and never came; watchers know nothing of that.
    let worse = FilterProxy::start(stage.crowd.address, losing_anything(random.fork())).await?;
    let behind_it = Api::new(&format!("http://{}", worse.address()))?;
    for number in 0..2 {
        let (name, password) = Crowd::credentials(number);
        load.follow(&format!("follower {number} behind the proxy"), behind_it.log_in(&name, &password).await?);
    }
    sleep(Duration::from_secs(seconds)).await;
    // Whoever lost the very last frames learns of it with the next heartbeat; whoever lost an answer, with the one after.
    let dropped = proxy.dropped() + worse.dropped();
    let concluded = load.conclude_with_history(&stage.crowd, Expect::LostFrames).await?;
    let noticed: usize = concluded.history.observers.iter().map(|observer| observer.count(Delivery::Gap)).sum();
    let mut outcome = Outcome::of(&format!("{dropped} frames dropped, {noticed} holes noticed"), &concluded.report);
    outcome.require(dropped > 0 && noticed > 0, || "nothing was lost: nothing was tested".to_owned());
    Ok(outcome)
}

/// Drops some of everything but what begins a connection and what heals.
fn losing_anything(mut random: Random) -> impl FnMut(&str) -> Verdict + Send + 'static {
    move |text| {
        let kept = ["\"type\":\"hello\"", "\"type\":\"ping\"", "\"type\":\"reconnect\""];
        let is_kept = kept.iter().any(|kind| text.contains(kind));
        if !is_kept && random.percent(LOST_PERCENT) { Verdict::Drop } else { Verdict::Pass }
    }
}

/// Drops some of the frames that carry changes as they happen.
pub(super) fn losing(mut random: Random) -> impl FnMut(&str) -> Verdict + Send + 'static {
    move |text| {
        let answers = ["\"type\":\"ok\"", "\"type\":\"changes\"", "\"type\":\"reset\"", "\"type\":\"synced\""];
        let is_live = text.contains("\"type\":\"message") && !answers.iter().any(|answer| text.contains(answer));
        if is_live && random.percent(LOST_PERCENT) { Verdict::Drop } else { Verdict::Pass }
    }
}
