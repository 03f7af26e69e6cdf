//! R6: somebody comes back after a long absence, and nobody else notices.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result};
use client::ClientSession;
use protocol::MessageDto;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::context::Context;
use super::crowd::{Crowd, Load};
use super::order::write;
use super::outcome::Outcome;
use super::stage::Stage;
use crate::checker::Expect;
use crate::client::{Probe, Talker};
use crate::history::{Action, Actions, Observer, ReplicaRoom, Send};

/// How many write while somebody is away.
const WRITERS: usize = 5;

pub(super) async fn run(context: &Context) -> Result<Outcome> {
    let mut random = context.random("catch-up");
    let (messages, sleepers) = context.size((2_000, 2), (10_000, 5));
    let stage = Stage::open(context, WRITERS, 1).await?;
    let (crowd, room) = (&stage.crowd, stage.crowd.rooms[0].clone());
    let mut load = Load::default();
    load.watch(crowd, 0, crowd.address);
    // Away on the gateway for less than a thousand changes, and for everything over REST.
    let written = write(crowd, messages - 500, &mut random).await?;
    let mut sleeper = load.watcher("sleeper", crowd, 1, crowd.address);
    sleeper.visit().await?;
    let more = write(crowd, 500, &mut random).await?;
    let sends: Vec<Vec<Send>> = written.into_iter().zip(more).map(|(a, b)| a.into_iter().chain(b).collect()).collect();
    load.history.did(change_some(crowd, &sends).await?);
    load.history.actions.sends.extend(sends.into_iter().flatten());

    let mut probe = Probe::default();
    probe.listen(crowd.person(2), crowd.address).await?;
    let talker = Talker::gateway(crowd.person(3), crowd.address);
    let span = (Duration::from_millis(10), Duration::from_secs(context.size(2, 10)));
    let (said, slowest) =
        tokio::join!(probe.talk(talker, &room, span, &mut random), return_all(crowd, &room, sleepers));
    load.history.actions.sends.extend(said);
    let slowest = slowest?;
    let latencies = probe.take();
    let begun = Instant::now();
    sleeper.visit().await?;
    let on_gateway = begun.elapsed();
    load.stay(sleeper);

    let exact = catch_up(crowd.person(4), &room).await?;
    load.history.saw(holding("sleeper over REST", &room, exact));
    let (report, _) = load.conclude(crowd, Expect::EveryFrame).await?;
    let happened = format!(
        "{messages} messages missed, exact again after at most {} ms over REST, live again after {} ms, others' p99 {:.1} ms of {}",
        slowest.as_millis(),
        on_gateway.as_millis(),
        latencies.p99().as_secs_f64() * 1e3,
        latencies.count(),
    );
    let mut outcome = Outcome::of(&happened, &report);
    outcome.require_within(slowest, context.size(Duration::from_secs(10), Duration::from_secs(3)), "catching up");
    let limit = Duration::from_millis(context.size(500, 100));
    outcome.require_within(latencies.p99(), limit, "the p99 of others while somebody catches up");
    Ok(outcome)
}

/// Edits every tenth message and deletes every twentieth, each by its author.
async fn change_some(crowd: &Crowd, sends: &[Vec<Send>]) -> Result<Actions> {
    let mut changers = JoinSet::new();
    for written in sends {
        // Writers come back in any order: whose messages these are shows in their answers only.
        let author = author_of(crowd, written).await?;
        let (mut talker, written) = (Talker::gateway(&author, crowd.address), written.clone());
        changers.spawn(async move {
            for (number, send) in written.iter().enumerate() {
                let Some(said) = send.acknowledged().next() else { continue };
                if number % 20 == 7 {
                    talker.change(said, Action::Delete).await;
                } else if number % 10 == 3 {
                    let content = format!("{} edited", send.nonce);
                    talker.change(said, Action::Edit { seen: 1, content }).await;
                }
            }
            talker.actions
        });
    }
    let mut all = Actions::default();
    while let Some(actions) = changers.join_next().await {
        all.changes.extend(actions?.changes);
    }
    Ok(all)
}

async fn author_of(crowd: &Crowd, written: &[Send]) -> Result<ClientSession> {
    let first = written.iter().find_map(|send| send.acknowledged().next()).context("nothing was acknowledged")?;
    let message = crowd.person(0).view_message(&first.id).await?;
    let author = crowd.people.iter().find(|person| person.user().id == message.user_id);
    author.cloned().context("a message by nobody")
}

/// Lets so many come back at once, from nothing; gives how long the slowest took.
async fn return_all(crowd: &Crowd, room: &str, sleepers: usize) -> Result<Duration> {
    let mut returns = JoinSet::new();
    for number in 0..sleepers {
        let (session, room) = (crowd.person(number).clone(), room.to_owned());
        returns.spawn(async move {
            let begun = Instant::now();
            catch_up(&session, &room).await.map(|_| begun.elapsed())
        });
    }
    let mut slowest = Duration::ZERO;
    while let Some(took) = returns.join_next().await {
        slowest = slowest.max(took??);
    }
    Ok(slowest)
}

/// Asks for changes until there are no more.
async fn catch_up(session: &ClientSession, room: &str) -> Result<ReplicaRoom> {
    let mut held = BTreeMap::<String, MessageDto>::new();
    let mut rev = 0;
    loop {
        let page = session.changes(room, rev).await?;
        rev = if page.more { page.items.last().map_or(rev, |last| last.rev) } else { page.head_rev };
        held.extend(page.items.into_iter().map(|message| (message.id.clone(), message)));
        if !page.more {
            let mut messages: Vec<MessageDto> = held.into_values().collect();
            messages.sort_by_key(|message| message.seq);
            return Ok(ReplicaRoom { rev, messages });
        }
    }
}

fn holding(name: &str, room: &str, replica: ReplicaRoom) -> Observer {
    let mut observer = Observer::new(name);
    observer.replica.insert(room.to_owned(), replica);
    observer
}
