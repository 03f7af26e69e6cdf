//! R8: the seam between catching up and live delivery, gone over again and again while others talk.

use std::time::Duration;

use anyhow::Result;

use super::context::Context;
use super::crowd::{Load, Pace};
use super::outcome::Outcome;
use super::stage::Stage;
use crate::checker::Expect;

/// Six people say about 300 messages a second.
const PACE: Pace = Pace { pause: Duration::from_millis(20), changes_percent: 20 };

pub(super) async fn run(context: &Context) -> Result<Outcome> {
    let mut random = context.random("seam");
    let (comers, times) = context.size((20, 60), (50, 200));
    let stage = Stage::open(context, 6, 1).await?;
    let mut load = Load::default();
    load.talk_all(&stage.crowd, PACE, &mut random);
    for number in 0..comers {
        let watcher = load.watcher(&format!("comer {number}"), &stage.crowd, number, stage.crowd.address);
        load.resume(watcher, times);
    }
    load.until_all_stay().await?;
    let (report, resumes) = load.conclude(&stage.crowd, Expect::EveryFrame).await?;
    let mut outcome = Outcome::of(&format!("{resumes} resumes"), &report);
    let wanted = times * comers as u64;
    outcome.require(resumes >= wanted, || format!("only {resumes} of {wanted} resumes succeeded"));
    Ok(outcome)
}
