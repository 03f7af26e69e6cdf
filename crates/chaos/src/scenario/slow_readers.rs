//! R11: sockets that never read cost others nothing and the server little.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use protocol::GatewayFrame;
use tokio::time::timeout;

use super::context::Context;
use super::crowd::{Crowd, Load};
use super::outcome::Outcome;
use super::stage::Stage;
use crate::checker::Expect;
use crate::client::{GatewaySocket, Latencies, Probe, SMALLEST_BUFFER, SocketOptions, Talker};
use crate::history::Send;
use crate::random::Random;

/// How many talk; together about 300 messages a second.
const TALKERS: usize = 6;
/// How many characters of four bytes a message has: enough to fill what kernels keep, and then the server's own queues.
const PADDING: usize = 3_000;
/// How long somebody dawdles over each frame: too long to keep up, short enough to get to the end.
const DAWDLING: Duration = Duration::from_millis(5);

pub(super) async fn run(context: &Context) -> Result<Outcome> {
    let mut random = context.random("slow-readers");
    let (sockets, seconds) = context.size((40, 4), (100, 30));
    let stage = Stage::open(context, TALKERS, 1).await?;
    let (crowd, span) = (&stage.crowd, Duration::from_secs(seconds));
    let mut load = Load::default();
    load.watch(crowd, 0, crowd.address);
    load.stay(load.watcher("dawdler", crowd, 1, crowd.address).dawdling(DAWDLING));
    let mut probe = Probe::default();
    probe.padding = PADDING;
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
    let lagged = was_told_to_lag(slow.swap_remove(0)).await;
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
    outcome.require(lagged, || "the server's queues weren't full: nothing was tested".to_owned());
    outcome.require(kib_each <= 1536, || format!("a socket that never reads costs {kib_each} KiB"));
    let more = during.p99().saturating_sub(before.p99());
    // On a busy machine everything is late now and then; whoever waits for a slow reader waits for many seconds.
    let limit = Duration::from_millis(context.size(1_000, 20));
    outcome.require_within(more, limit, "the p99 with slow readers, beyond before,");
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

/// Reads what had piled up for somebody who never read: it ends with being told to ask, or with the connection.
async fn was_told_to_lag(mut socket: GatewaySocket) -> bool {
    loop {
        match timeout(Duration::from_secs(2), socket.next()).await {
            Ok(Ok(GatewayFrame::Lagged(_)) | Err(_)) => return true,
            Ok(Ok(_)) => {}
            Err(_) => return false,
        }
    }
}

/// Opens a socket, asks for everything and never reads again.
async fn never_reading(crowd: &Crowd, number: usize) -> Result<GatewaySocket> {
    let options = SocketOptions { receive_buffer: SMALLEST_BUFFER };
    let mut socket = GatewaySocket::connect(crowd.address, &crowd.person(number).token(), options).await?;
    socket.sync(None, &BTreeMap::new()).await?;
    Ok(socket)
}
