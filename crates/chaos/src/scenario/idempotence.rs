//! R4: the same nonce on ten sockets and over REST at once, and again after restarts.

use anyhow::Result;
use tokio::task::JoinSet;

use super::context::Context;
use super::crowd::{Crowd, Load};
use super::outcome::Outcome;
use super::stage::Stage;
use crate::checker::Expect;
use crate::client::Talker;
use crate::history::{Answer, Send};

/// How many sockets send the same at once.
const SOCKETS: usize = 10;

pub(super) async fn run(context: &Context) -> Result<Outcome> {
    let mut random = context.random("idempotence");
    let (intents, restarts) = context.size((30, 2), (500, 10));
    let mut stage = Stage::open(context, 1, 2).await?;
    let mut load = Load::default();
    load.watch(&stage.crowd, 0, stage.crowd.address);
    let mut sends: Vec<Send> = (0..intents)
        .map(|number| Send::new(&stage.crowd.rooms[number % 2], &random.nonce("i"), "the same again"))
        .collect();
    for restart in 0..=restarts {
        if restart > 0 {
            stage.kill_and_restart().await?;
        }
        send_all(&stage.crowd, &mut sends).await?;
    }
    let reused = send_others(&stage.crowd, &sends).await;
    let attempts: usize = sends.iter().map(|send| send.answers.len()).sum();
    load.history.actions.sends = sends;
    let (report, _) = load.conclude(&stage.crowd, Expect::EveryFrame).await?;
    let happened = format!("{intents} nonces sent {attempts} times on {SOCKETS} sockets and REST, {restarts} kills -9");
    let mut outcome = Outcome::of(&happened, &report);
    outcome.complaints.extend(reused);
    Ok(outcome)
}

/// Sends everything on all lines at once, each line in its own order, and notes every answer.
async fn send_all(crowd: &Crowd, sends: &mut [Send]) -> Result<()> {
    let mut lines = JoinSet::new();
    for line in 0..=SOCKETS {
        let session = crowd.person(0);
        let mut talker =
            if line == 0 { Talker::rest(session.clone()) } else { Talker::gateway(session, crowd.address) };
        let mut mine: Vec<Send> = sends.iter().map(|send| Send { answers: Vec::new(), ..send.clone() }).collect();
        lines.spawn(async move {
            for send in &mut mine {
                talker.insist(send).await;
            }
            mine
        });
    }
    while let Some(line) = lines.join_next().await {
        for (send, answered) in sends.iter_mut().zip(line?) {
            send.answers.extend(answered.answers);
        }
    }
    Ok(())
}

/// Sends other texts under used nonces: each must be refused as such.
async fn send_others(crowd: &Crowd, sends: &[Send]) -> Vec<String> {
    let mut talkers = [Talker::rest(crowd.person(0).clone()), Talker::gateway(crowd.person(0), crowd.address)];
    let mut complaints = Vec::new();
    for (number, send) in sends.iter().enumerate().take(10) {
        let mut other = Send { content: format!("{} something else", send.nonce), answers: Vec::new(), ..send.clone() };
        let answer = talkers[number % 2].insist(&mut other).await;
        if answer != Answer::Refused("nonce_reused".to_owned()) {
            complaints.push(format!("another text under {} was answered with {answer:?}", send.nonce));
        }
    }
    complaints
}
