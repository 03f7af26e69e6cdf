//! Kills the server under load, again and again, and counts what was lost, doubled or put out of order.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;
use client::{Api, ClientSession};
use protocol::MessageDto;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::server_process::ServerProcess;
use crate::stores;

/// How to kill.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// `sqlite`, or a mongodb:// address, on which a database of its own is used and left.
    #[arg(long, default_value = "sqlite")]
    store: String,
    /// How often to kill.
    #[arg(long, default_value_t = 20)]
    kills: u64,
    /// Senders at the same time.
    #[arg(long, default_value_t = 20)]
    senders: usize,
    /// Rooms they send to.
    #[arg(long, default_value_t = 5)]
    rooms: usize,
}

/// What a sender knows to be stored: the id the server acknowledged, by nonce.
type Acknowledged = HashMap<String, String>;

/// Sends under a nonce until the server acknowledges, while the server is killed and started.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let data = tempfile::tempdir()?;
    let store = stores::fresh_address(&options.store);
    let mut server = ServerProcess::start(data.path(), &store).await?;
    let session = sign_in(&server.url).await?;
    for room in 0..options.rooms {
        session.create_room(&room_name(room), "public").await?;
    }
    let (address, _) = watch::channel(session);
    let stop = Arc::new(AtomicBool::new(false));
    let mut senders = JoinSet::new();
    for sender in 0..options.senders {
        let room = room_name(sender % options.rooms);
        senders.spawn(send_until(Arc::clone(&stop), address.subscribe(), room, sender));
    }
    let mut slowest = Duration::ZERO;
    for number in 0..options.kills {
        // Different moments of whatever the server does between two commits.
        sleep(Duration::from_millis(400 + number * 137 % 600)).await;
        server.kill().await?;
        let died = Instant::now();
        server = ServerProcess::start(data.path(), &store).await?;
        slowest = slowest.max(died.elapsed());
        address.send_replace(sign_in(&server.url).await?);
    }
    stop.store(true, Ordering::Release);
    let mut acknowledged = Acknowledged::new();
    while let Some(sender) = senders.join_next().await {
        acknowledged.extend(sender??);
    }
    let session = address.borrow().clone();
    let faults = compare(&session, options.rooms, &acknowledged).await?;
    println!(
        "kills on {}: {} kills -9, {} messages acknowledged, lost {}, doubled {}, gaps {}; ready again after at most {} ms",
        store.split(':').next().unwrap_or_default(),
        options.kills,
        acknowledged.len(),
        faults.lost,
        faults.doubled,
        faults.gaps,
        slowest.as_millis(),
    );
    drop(server);
    ensure!(faults.lost + faults.doubled + faults.gaps == 0, "the timeline isn't what was acknowledged");
    Ok(())
}

fn room_name(number: usize) -> String {
    format!("room-{number}")
}

async fn sign_in(url: &str) -> Result<ClientSession> {
    Api::new(url)?.log_in("testuser", "testpass123").await.context("the demo user can't sign in")
}

/// Sends one message after the other; each is sent with its nonce until it is acknowledged.
async fn send_until(
    stop: Arc<AtomicBool>,
    session: watch::Receiver<ClientSession>,
    room: String,
    sender: usize,
) -> Result<Acknowledged> {
    let mut acknowledged = Acknowledged::new();
    for number in 0_u64.. {
        if stop.load(Ordering::Acquire) {
            break;
        }
        let nonce = format!("{sender}-{number}");
        loop {
            let current = session.borrow().clone();
            match current.post(&room, &format!("message {number} of sender {sender}"), Some(&nonce)).await {
                Ok(posted) => {
                    acknowledged.insert(nonce, posted.message.id);
                    break;
                }
                // Killed, or not up again: the same nonce finds out.
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
        }
        // About 300 messages a second from twenty senders.
        sleep(Duration::from_millis(50)).await;
    }
    Ok(acknowledged)
}

#[derive(Debug, Default)]
struct Faults {
    lost: usize,
    doubled: usize,
    gaps: usize,
}

/// Reads every room from its beginning and holds it against what was acknowledged.
async fn compare(session: &ClientSession, rooms: usize, acknowledged: &Acknowledged) -> Result<Faults> {
    let mut faults = Faults::default();
    let mut stored: HashMap<String, Vec<String>> = HashMap::new();
    for room in 0..rooms {
        let mut expected = 1;
        for message in all_messages(session, &room_name(room)).await? {
            faults.gaps += usize::from(message.seq != expected);
            expected = message.seq + 1;
            let nonce = message.nonce.context("a message without the nonce it was sent with")?;
            stored.entry(nonce).or_default().push(message.id);
        }
    }
    for (nonce, id) in acknowledged {
        faults.lost += usize::from(!stored.get(nonce).is_some_and(|ids| ids.contains(id)));
    }
    faults.doubled = stored.values().filter(|ids| ids.len() > 1).count();
    Ok(faults)
}

async fn all_messages(session: &ClientSession, room: &str) -> Result<Vec<MessageDto>> {
    let mut messages: Vec<MessageDto> = Vec::new();
    loop {
        let before = messages.first().map(|first| first.seq);
        let mut page = session.page(room, before, 100).await?;
        let has_before = page.has_before;
        page.items.append(&mut messages);
        messages = page.items;
        if !has_before {
            return Ok(messages);
        }
    }
}
