//! R3: the primary of a replica set of three is killed under load, again and again.

use std::time::Duration;

use anyhow::Result;
use tokio::time::{Instant, sleep};

use super::context::Context;
use super::crowd::{Load, Pace};
use super::outcome::Outcome;
use super::stage::Stage;
use crate::checker::Expect;
use crate::client::Board;
use crate::process::ReplicaSet;

/// How long sending may stand still.
const LIMIT: Duration = Duration::from_secs(15);
/// When to give up waiting.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a node that was killed gets to follow again before the next is killed.
const RECOVERY: Duration = Duration::from_secs(6);

pub(super) async fn run(context: &Context) -> Result<Outcome> {
    let mut random = context.random("primary");
    let kills = context.size(2, 20);
    let set = ReplicaSet::start().await?;
    let stage = Stage::open_on(&set.database("chaos"), 10, 3).await?;
    let mut load = Load::default();
    let pace = Pace { pause: Duration::from_millis(80), changes_percent: 20 };
    load.talk_all(&stage.crowd, pace, &mut random);
    (0..4).for_each(|number| load.watch(&stage.crowd, number, stage.crowd.address));
    let board = load.board();
    let (mut slowest, mut stuck) = (Duration::ZERO, false);
    for number in 0..kills {
        sleep(Duration::from_millis(500 + random.below(1_000))).await;
        let node = set.kill_primary().await?;
        let stood_still = until_sending(&board).await;
        stuck |= stood_still.is_none();
        slowest = slowest.max(stood_still.unwrap_or(PATIENCE));
        set.restart(&node).await?;
        // Two of three are needed: the next may die only when this one is back.
        if number + 1 < kills {
            sleep(RECOVERY).await;
        }
    }
    let (report, returns) = load.conclude(&stage.crowd, Expect::EveryFrame).await?;
    let happened = format!(
        "{kills} primaries killed -9, {returns} returns, sending again after at most {} ms",
        slowest.as_millis()
    );
    let mut outcome = Outcome::of(&happened, &report);
    outcome.require(!stuck, || "sending didn't go on".to_owned());
    outcome.require_within(slowest, LIMIT, "to send again");
    drop(stage);
    set.stop().await?;
    Ok(outcome)
}

/// Waits until something was sent that wasn't under way already; gives after how long.
async fn until_sending(board: &Board) -> Option<Duration> {
    let begun = Instant::now();
    // What was acknowledged by the primary just before it died comes in within this time.
    sleep(Duration::from_millis(300)).await;
    let before = newest(board);
    while begun.elapsed() < PATIENCE {
        if newest(board) != before {
            return Some(begun.elapsed());
        }
        sleep(Duration::from_millis(20)).await;
    }
    None
}

fn newest(board: &Board) -> Option<String> {
    let board = board.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    board.back().map(|said| said.id.clone())
}
