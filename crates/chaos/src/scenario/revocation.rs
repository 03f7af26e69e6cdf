//! S2: sessions end and members leave while a burst is under way.

use std::time::Duration;

use anyhow::{Context as _, Result};
use client::{Api, ClientSession};
use protocol::GatewayFrame;
use tokio::time::{Instant, timeout, timeout_at};

use super::context::Context;
use super::crowd::{Crowd, Load, Pace};
use super::outcome::Outcome;
use super::stage::Stage;
use crate::checker::Expect;
use crate::client::{GatewaySocket, SocketOptions, Talker};
use crate::history::Answer;

/// How soon it has to take effect.
const LIMIT: Duration = Duration::from_secs(1);
/// Close code: the session was revoked.
const REVOKED: u16 = 4010;

pub(super) async fn run(context: &Context) -> Result<Outcome> {
    let mut random = context.random("revocation");
    let times = context.size(5, 100);
    let stage = Stage::open(context, 4, 1).await?;
    let crowd = &stage.crowd;
    let mut load = Load::default();
    let pace = Pace { pause: Duration::from_millis(10), changes_percent: 10 };
    load.talk_all(crowd, pace, &mut random);
    load.watch(crowd, 1, crowd.address);
    let mut witness = Talker::rest(crowd.person(0).clone());
    let victim = Victim::new(crowd, "victim").await?;
    let (mut slowest, mut complaints) = (Duration::ZERO, Vec::new());
    for number in 0..times {
        let took = victim.is_logged_out(crowd).await.with_context(|| format!("log-out {number}"))?;
        slowest = slowest.max(took);
        let nonce = random.nonce("v");
        let (took, complaint) =
            victim.leaves(crowd, &mut witness, &nonce).await.with_context(|| format!("leave {number}"))?;
        slowest = slowest.max(took);
        complaints.extend(complaint);
    }
    load.history.did(witness.actions);
    let (report, _) = load.conclude(crowd, Expect::EveryFrame).await?;
    let happened = format!("{times} log-outs and {times} leaves, effective after at most {} ms", slowest.as_millis());
    let mut outcome = Outcome::of(&happened, &report);
    outcome.complaints.extend(complaints);
    outcome.require_within(slowest, LIMIT, "a revocation");
    Ok(outcome)
}

/// Somebody who is thrown out again and again.
struct Victim {
    api: Api,
    name: String,
    password: String,
    /// Signed in for good, to come back with.
    session: ClientSession,
}

impl Victim {
    async fn new(crowd: &Crowd, name: &str) -> Result<Self> {
        let api = Api::new(&format!("http://{}", crowd.address))?;
        let (name, password) = (name.to_owned(), "password of a victim".to_owned());
        api.register(&name, &password).await?;
        let session = api.log_in(&name, &password).await?;
        Ok(Self { api, name, password, session })
    }

    /// Joins, connects with a session of its own, and reads until live.
    async fn connect(&self, crowd: &Crowd) -> Result<(ClientSession, GatewaySocket)> {
        self.session.join(&crowd.rooms[0]).await?;
        let session = self.api.log_in(&self.name, &self.password).await?;
        let mut socket = GatewaySocket::connect(crowd.address, &session.token(), SocketOptions::default()).await?;
        socket.sync(None, &std::collections::BTreeMap::new()).await?;
        while !matches!(socket.next().await?, GatewayFrame::Synced(_)) {}
        Ok((session, socket))
    }

    /// Logs out in the middle of the burst; gives how long the socket lived on.
    async fn is_logged_out(&self, crowd: &Crowd) -> Result<Duration> {
        let (session, mut socket) = self.connect(crowd).await?;
        let listening = async {
            while socket.next().await.is_ok() {}
            (Instant::now(), socket.close_code)
        };
        let ((closed_at, code), logged_out) =
            tokio::join!(listening, async { session.log_out().await.map(|()| Instant::now()) });
        anyhow::ensure!(code == Some(REVOKED), "the socket was closed with {code:?}, not {REVOKED}");
        Ok(closed_at.saturating_duration_since(logged_out?))
    }

    /// Leaves in the middle of the burst; gives how long it took to be told, and what was shown after it.
    async fn leaves(&self, crowd: &Crowd, witness: &mut Talker, nonce: &str) -> Result<(Duration, Option<String>)> {
        let (_, mut socket) = self.connect(crowd).await?;
        let room = &crowd.rooms[0];
        let leaving = async {
            let left = self.session.leave(room).await.map(|()| Instant::now());
            (left, witness.say(room, nonce, "without the victim").await)
        };
        let listening = async {
            let mut shown = Vec::new();
            loop {
                match timeout(Duration::from_secs(10), socket.next())
                    .await
                    .context("nobody was told of the leave")??
                {
                    GatewayFrame::Message(message) => shown.push(message.seq),
                    GatewayFrame::RoomRemoved(removed) if removed.room_id == *room => break,
                    _ => {}
                }
            }
            let told_at = Instant::now();
            // And for a while longer: nothing may follow.
            while let Ok(Ok(frame)) = timeout_at(told_at + Duration::from_millis(300), socket.next()).await {
                if let GatewayFrame::Message(message) = frame {
                    shown.push(message.seq);
                }
            }
            anyhow::Ok((told_at, shown))
        };
        let ((left, said), listened) = tokio::join!(leaving, listening);
        let (told_at, shown) = listened?;
        let Answer::Acknowledged(said) = said else { anyhow::bail!("the witness was refused: {said:?}") };
        let after = shown.iter().filter(|seq| **seq >= said.seq).count();
        let complaint = (after > 0).then(|| format!("{after} messages were shown to somebody who had left"));
        Ok((told_at.saturating_duration_since(left?), complaint))
    }
}
