//! Durable posts through the use case: what a server can take in.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;
use domain::Ports;
use domain::model::{MessageBody, PageAnchor, PageSize, RoomId, RoomRef};
use domain::usecase::{PostMessage, post_message};
use hdrhistogram::Histogram;
use tokio::task::JoinSet;

use crate::{people, stores};

/// How long a fresh store is used before it is measured.
const WARM_UP: Duration = Duration::from_secs(3);

/// How to measure posts.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// `sqlite`, `memory`, or a mongodb:// address.
    #[arg(long, default_value = "sqlite")]
    store: String,
    /// Writers at the same time.
    #[arg(long, default_value_t = 64)]
    writers: usize,
    /// Rooms they write in.
    #[arg(long, default_value_t = 8)]
    rooms: usize,
    /// Seconds to measure, after three of warming up: a database that was just started is still making its files.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { store: "sqlite".to_owned(), writers: 64, rooms: 8, seconds: 10 }
    }
}

/// Measures and prints.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let store = stores::open(&options.store).await?;
    let mut writers = Vec::new();
    for number in 0..options.writers {
        writers.push(people::person(&store.ports, &format!("writer-{number}")).await?);
    }
    let mut rooms = Vec::new();
    for number in 0..options.rooms {
        rooms.push(people::room(&store.ports, &format!("room-{number}"), &writers).await?);
    }
    let begin = Instant::now() + WARM_UP;
    let end = begin + Duration::from_secs(options.seconds);
    let mut tasks = JoinSet::new();
    for (number, writer) in writers.into_iter().enumerate() {
        let (ports, room) = (store.ports.clone(), rooms[number % rooms.len()]);
        tasks.spawn(async move {
            let mut latencies = Histogram::<u64>::new(3)?;
            while Instant::now() < end {
                let body = MessageBody::parse(format!("a message of an ordinary length by writer {number}"))?;
                let started = Instant::now();
                let post = PostMessage { room: RoomRef::Id(room), body, nonce: None, reply_to: None, thread: None };
                post_message(&ports, &writer, post).await?;
                if started >= begin {
                    latencies.record(u64::try_from(started.elapsed().as_micros())?)?;
                }
            }
            anyhow::Ok(latencies)
        });
    }
    let mut all = Histogram::<u64>::new(3)?;
    while let Some(latencies) = tasks.join_next().await {
        all.add(latencies??)?;
    }
    for room in rooms {
        check_dense(&store.ports, room).await?;
    }
    println!(
        "posts on {}: {:.0} durable posts/s ({} writers, {} rooms; latency p50 {:.1} ms, p99 {:.1} ms; numbers dense)",
        store.name,
        precise(all.len()) / Duration::from_secs(options.seconds).as_secs_f64(),
        options.writers,
        options.rooms,
        precise(all.value_at_quantile(0.5)) / 1000.0,
        precise(all.value_at_quantile(0.99)) / 1000.0,
    );
    store.close().await
}

/// Checks that the newest page ends at the room's head and has no gap.
async fn check_dense(ports: &Ports, room: RoomId) -> Result<()> {
    let page = ports.messages.page(room, PageAnchor::Latest, PageSize::clamped(Some(100), 100, 100)).await?;
    let last = page.items.last().context("a room without messages")?;
    ensure!(last.seq == page.head.seq && last.rev == page.head.rev, "the newest message isn't the head");
    ensure!(page.items.windows(2).all(|pair| pair[0].seq.next() == pair[1].seq), "a gap in the timeline");
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn precise(number: u64) -> f64 {
    number as f64
}
