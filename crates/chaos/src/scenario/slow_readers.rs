//! R11: sockets that never read cost others nothing and the server little.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;

use super::context::Context;
use super::crowd::{Crowd, Load};
use super::outcome::Outcome;
use super::stage::Stage;
use crate::checker::Expect;
use crate::client::{GatewaySocket, Latencies, Probe, SocketOptions, Talker};
use crate::history::Send;
use crate::random::Random;

/// How many talk; together about 300 messages a second.
const TALKERS: usize = 6;
/// The least that the kernel keeps for a reader that doesn't read.
const SMALLEST_BUFFER: u32 = 4096;

pub(super) async fn run(context: &Context) -> Result<Outcome> {
    let mut random = context.random("slow-readers");
    let (sockets, seconds) = context.size((40, 4), (100, 30));
    let stage = Stage::open(context, TALKERS, 1).await?;
    let (crowd, span) = (&stage.crowd, Duration::from_secs(seconds));
    let mut load = Load::default();
    load.watch(crowd, 0, crowd.address);
    let mut probe = Probe::default();
    for number in 0..4 {
        probe.listen(crowd.person(number), crowd.address).await?;
    }
    let (said, before) = talk(crowd, &mut probe, span, &mut random).await;
    load.history.actions.sends.extend(said);
    let memory_before = stage.server()?.usage()?.resident;
    let mut slow = Vec::with_capacity(sockets);
    for number in 0..sockets {
        slow.push(never_reading(crowd, number).await?);
    }
    let (said, during) = talk(crowd, &mut probe, span, &mut random).await;
    load.history.actions.sends.extend(said);
    let grown = stage.server()?.usage()?.resident.saturating_sub(memory_before);
    drop(slow);
    let (report, _) = load.conclude(crowd, Expect::EveryFrame).await?;

    let kib_each = grown / 1024 / sockets as u64;
    let millis = |latencies: &Latencies| latencies.p99().as_secs_f64() * 1e3;
    let happened = format!(
        "{sockets} sockets that never read, {kib_each} KiB each; others' p99 {:.1} ms before, {:.1} ms with them",
        millis(&before),
        millis(&during),
    );
    let mut outcome = Outcome::of(&happened, &report);
    outcome.require(kib_each <= 1536, || format!("a socket that never reads costs {kib_each} KiB"));
    let more = during.p99().saturating_sub(before.p99());
    outcome.require_within(
        more,
        Duration::from_millis(context.size(250, 20)),
        "the p99 with slow readers, beyond before,",
    );
    Ok(outcome)
}

/// Lets everybody talk for a while; gives what was said and how long it took to be heard.
async fn talk(crowd: &Crowd, probe: &mut Probe, span: Duration, random: &mut Random) -> (Vec<Send>, Latencies) {
    probe.take();
    let pace = (Duration::from_millis(20), span);
    let mut said = Vec::new();
    let mut randoms: Vec<Random> = crowd.people.iter().map(|_| random.fork()).collect();
    let talks =
        crowd.people.iter().zip(&mut randoms).map(|(session, random)| {
            probe.talk(Talker::gateway(session, crowd.address), &crowd.rooms[0], pace, random)
        });
    for sends in futures_util::future::join_all(talks).await {
        said.extend(sends);
    }
    (said, probe.take())
}

/// Opens a socket, asks for everything and never reads again.
async fn never_reading(crowd: &Crowd, number: usize) -> Result<GatewaySocket> {
    let options = SocketOptions { receive_buffer: SMALLEST_BUFFER };
    let mut socket = GatewaySocket::connect(crowd.address, &crowd.person(number).token(), options).await?;
    socket.sync(None, &BTreeMap::new()).await?;
    Ok(socket)
}
