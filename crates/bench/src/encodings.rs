//! One message to many sockets in a room: encoded once, delivered to all, at what cost.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use chaos::process::{Place, ServerProcess};
use clap::Args;
use client::SeedSocket;
use protocol::SeedFrame;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::{metrics, sockets};

/// The counter of encoded frames.
const ENCODED: &str = "chinwag_frames_encoded_total";

/// How to measure it.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Sockets in the room.
    #[arg(long, default_value_t = 1000)]
    connections: usize,
    /// Messages to post, each alone.
    #[arg(long, default_value_t = 200)]
    messages: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { connections: 1000, messages: 200 }
    }
}

/// Posts messages one after the other, waits until everybody has each, and prints the cost of a delivery.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let place = Place::new("sqlite")?;
    let server = ServerProcess::start(&place).await?;
    let mut receivers = sockets::connect(&server, options.connections).await?;
    let mut sender = sockets::connect(&server, 1).await?.remove(0);
    sleep(Duration::from_secs(2)).await;
    let encoded = metrics::value(&server, ENCODED).await?;
    let (cpu, started) = (server.usage()?.cpu, Instant::now());
    for number in 0..options.messages {
        let content = format!("message {number}");
        sender.send(&content, None).await?;
        receivers = everybody_gets(receivers, &content).await?;
    }
    let (cpu, elapsed) = (server.usage()?.cpu.saturating_sub(cpu), started.elapsed());
    let encoded = metrics::value(&server, ENCODED).await? - encoded;
    let deliveries = u32::try_from(options.messages * (options.connections + 1))?;
    println!(
        "encodings: {} messages to {} seed sockets: encoded {encoded} times, {deliveries} deliveries, all arrived; \
         {:.2} µs of CPU a delivery ({:.0} deliveries/s)",
        options.messages,
        options.connections + 1,
        (cpu / deliveries).as_secs_f64() * 1e6,
        f64::from(deliveries) / elapsed.as_secs_f64(),
    );
    ensure!(encoded == u64::try_from(options.messages)?, "a frame was encoded more than once");
    Ok(())
}

/// Waits until each socket received the message, and nothing but it.
async fn everybody_gets(receivers: Vec<SeedSocket>, content: &str) -> Result<Vec<SeedSocket>> {
    let mut waiting = JoinSet::new();
    for mut receiver in receivers {
        let expected = content.to_owned();
        waiting.spawn(async move {
            loop {
                let frame = timeout(Duration::from_secs(30), receiver.next()).await??;
                if let SeedFrame::Message(message) = frame {
                    ensure!(message.content.as_deref() == Some(expected.as_str()), "another message came first");
                    return Ok(receiver);
                }
            }
        });
    }
    let mut received = Vec::new();
    while let Some(receiver) = waiting.join_next().await {
        received.push(receiver??);
    }
    Ok(received)
}
