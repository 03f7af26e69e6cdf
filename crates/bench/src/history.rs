//! History pages out of a long room, at the SQLite store.

use std::time::Instant;

use anyhow::{Result, ensure};
use clap::Args;
use domain::model::{Mentions, MessageBody, MessageId, NewMessage, PageAnchor, PageSize, RoomSeq};
use hdrhistogram::Histogram;
use tokio::task::JoinSet;

use crate::{people, stores};

/// How to measure history.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Messages in the room.
    #[arg(long, default_value_t = 1_000_000)]
    messages: u64,
    /// Pages to read.
    #[arg(long, default_value_t = 5000)]
    pages: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { messages: 1_000_000, pages: 5000 }
    }
}

/// Fills a room and measures pages of 50 at places all over it.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let store = stores::open("sqlite").await?;
    let ports = &store.ports;
    let author = people::person(ports, "author").await?;
    let room_id = people::room(ports, "long", std::slice::from_ref(&author)).await?;
    let started = Instant::now();
    let writers = 256;
    let mut tasks = JoinSet::new();
    for writer in 0..writers {
        let (ports, author) = (ports.clone(), author.author());
        let share = options.messages / writers + u64::from(writer < options.messages % writers);
        tasks.spawn(async move {
            for number in 0..share {
                let new = NewMessage {
                    id: MessageId::new(ports.ids.generate()),
                    room_id,
                    author: author.clone(),
                    body: MessageBody::parse(format!("message {number} of writer {writer}, of an ordinary length"))?,
                    mentions: Mentions::default(),
                    created_at: ports.clock.now(),
                    nonce: None,
                    reply_to: None,
                    thread: None,
                };
                ports.messages.append(new).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    println!("history: filled a room with {} messages in {:.1} s", options.messages, started.elapsed().as_secs_f64());
    let size = PageSize::clamped(Some(50), 50, 100);
    let mut latencies = Histogram::<u64>::new(3)?;
    for number in 0..options.pages {
        // A multiplicative walk (Knuth) visits places all over the room in no order.
        let place = number.wrapping_mul(2_654_435_761) % options.messages + 51;
        let started = Instant::now();
        let page = ports.messages.page(room_id, PageAnchor::Before(RoomSeq::new(place)?), size).await?;
        latencies.record(u64::try_from(started.elapsed().as_micros())?)?;
        ensure!(page.items.len() == 50, "a page of {} at {place}", page.items.len());
    }
    println!(
        "history on sqlite: page of 50 out of {} messages: p50 {} µs, p99 {} µs, max {} µs",
        options.messages,
        latencies.value_at_quantile(0.5),
        latencies.value_at_quantile(0.99),
        latencies.max(),
    );
    store.close().await
}
