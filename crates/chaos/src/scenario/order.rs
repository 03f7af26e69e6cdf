//! R5: many writers that don't wait, many watchers, one order.

use std::collections::BTreeMap;

use anyhow::Result;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::context::Context;
use super::crowd::{Crowd, Load};
use super::outcome::Outcome;
use super::stage::Stage;
use crate::checker::Expect;
use crate::client::pipeline;
use crate::history::Send;
use crate::random::Random;

/// How many write at once.
const WRITERS: usize = 10;

pub(super) async fn run(context: &Context) -> Result<Outcome> {
    let mut random = context.random("order");
    let (messages, watchers) = context.size((3_000, 4), (100_000, 10));
    let stage = Stage::open(context, WRITERS, 5).await?;
    let mut load = Load::default();
    (0..watchers).for_each(|number| load.watch(&stage.crowd, number, stage.crowd.address));
    let begun = Instant::now();
    let written = write(&stage.crowd, messages, &mut random).await?;
    let took = begun.elapsed();
    let complaints: Vec<String> = written.iter().filter_map(|sends| reordered(sends)).collect();
    load.history.actions.sends = written.into_iter().flatten().collect();
    let (report, _) = load.conclude(&stage.crowd, Expect::EveryFrame).await?;
    let rate = f64::from(u32::try_from(messages)?) / took.as_secs_f64();
    let happened = format!("{WRITERS} writers in 5 rooms, {watchers} watchers, {rate:.0} messages/s");
    let mut outcome = Outcome::of(&happened, &report);
    outcome.complaints.extend(complaints);
    Ok(outcome)
}

/// Lets everybody write their share, going round the rooms; gives what each sent, in its order.
pub(super) async fn write(crowd: &Crowd, messages: usize, random: &mut Random) -> Result<Vec<Vec<Send>>> {
    let mut writers = JoinSet::new();
    let share = messages / crowd.people.len();
    for (number, session) in crowd.people.iter().enumerate() {
        let sends = (0..share).map(|turn| {
            let room = &crowd.rooms[(number + turn) % crowd.rooms.len()];
            Send::new(room, &random.nonce("o"), &format!("number {turn} of {number}"))
        });
        let (session, address, sends) = (session.clone(), crowd.address, sends.collect());
        writers.spawn(async move { pipeline(&session, address, sends).await });
    }
    let mut written = Vec::new();
    while let Some(writer) = writers.join_next().await {
        written.push(writer??);
    }
    Ok(written)
}

/// Says whether what one writer sent to a room, one after the other, is stored in another order.
fn reordered(sends: &[Send]) -> Option<String> {
    let mut last: BTreeMap<&str, u64> = BTreeMap::new();
    for send in sends {
        let acknowledged = send.acknowledged().next()?;
        let before = last.insert(&send.room_id, acknowledged.seq).unwrap_or_default();
        if acknowledged.seq <= before {
            return Some(format!("{} was sent after message {before} and became {}", send.nonce, acknowledged.seq));
        }
    }
    None
}
