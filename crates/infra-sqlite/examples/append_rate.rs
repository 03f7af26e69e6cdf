//! Measures how fast messages are stored durably and how fast a page of a long timeline is read. Prints and ends.
//!
//! `cargo run --release -p infra-sqlite --example append_rate -- [WRITERS] [SECONDS] [HISTORY]`
//! (default 64 writers, 5 seconds, a history of 1,000,000 messages; a history of 0 skips that part).
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement prints, and ends at the first fault")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use domain::model::{
    Author, Id, MessageBody, MessageId, NewMessage, NewRoom, NewUser, Nonce, PageAnchor, PageSize, PasswordHash, Room,
    RoomId, RoomKind, RoomName, RoomRef, RoomSeq, Timestamp, Topic, User, UserId, Username,
};
use infra_sqlite::{SqliteOptions, SqliteStore};
use tokio::task::JoinSet;

const ROOMS: usize = 8;

#[tokio::main]
async fn main() {
    let mut numbers = std::env::args().skip(1).map(|argument| argument.parse::<u64>().unwrap());
    let writers = numbers.next().unwrap_or(64);
    let seconds = numbers.next().unwrap_or(5);
    let history = numbers.next().unwrap_or(1_000_000);
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path(), &SqliteOptions::default()).unwrap();
    let (user, rooms) = furnish(&store).await;
    for nonces in [false, true] {
        let load = Load { writers: usize::try_from(writers).unwrap(), time: Duration::from_secs(seconds), nonces };
        measure_appends(&store, &user, &rooms, load).await;
    }
    if history > 0 {
        measure_pages(&store, &user, rooms[0], history).await;
    }
    store.close().await.unwrap();
    println!("resident: {} KiB", resident_kib());
}

/// How the store is written to.
#[derive(Clone, Copy)]
struct Load {
    writers: usize,
    time: Duration,
    nonces: bool,
}

/// Lets each writer post one message after the other, as the use case does: one look at the room, one append.
async fn measure_appends(store: &SqliteStore, user: &User, rooms: &[RoomId], load: Load) {
    let before = store.statistics();
    let begin = Instant::now();
    let mut tasks = JoinSet::new();
    for writer in 0..load.writers {
        let room = rooms[writer % rooms.len()];
        let (messages, access, user) = (store.messages(), store.rooms(), user.clone());
        tasks.spawn(async move {
            let mut slowest = Duration::ZERO;
            while begin.elapsed() < load.time {
                let asked = Instant::now();
                access.access(&RoomRef::Id(room), user.id).await.unwrap().unwrap();
                messages.append(message(&user, room, load.nonces)).await.unwrap();
                slowest = slowest.max(asked.elapsed());
            }
            slowest
        });
    }
    let slowest = tasks.join_all().await.into_iter().max().unwrap_or_default();
    let elapsed = begin.elapsed();
    let after = store.statistics();
    let (writes, commits) = (after.writes - before.writes, after.commits - before.commits);
    println!(
        "{} writers{}: {:.0} durable posts/s, {} a commit, slowest {slowest:?}",
        load.writers,
        if load.nonces { " with nonces" } else { "" },
        per_second(writes, elapsed),
        writes / commits.max(1),
    );
}

async fn measure_pages(store: &SqliteStore, user: &User, room: RoomId, history: u64) {
    let messages = store.messages();
    let mut head = messages.page(room, PageAnchor::Latest, size(1)).await.unwrap().head.seq.get();
    while head < history {
        let batch = (0..400).map(|_| messages.append(message(user, room, false)));
        for outcome in futures_util::future::join_all(batch).await {
            head = outcome.unwrap().message.seq.get();
        }
    }
    let mut times = Vec::new();
    for turn in 0..4000_u64 {
        let seq = RoomSeq::new(1 + turn.wrapping_mul(0x9e37_79b9_7f4a_7c15) % head).unwrap();
        let asked = Instant::now();
        let page = messages.page(room, PageAnchor::Before(seq), size(50)).await.unwrap();
        times.push(asked.elapsed());
        assert!(page.items.len() == 50 || seq.get() <= 50);
    }
    times.sort();
    println!("page of 50 of {head}: p50 {:?}, p99 {:?}", times[times.len() / 2], times[times.len() * 99 / 100]);
}

fn size(items: u16) -> PageSize {
    PageSize::clamped(None, items, items)
}

#[expect(clippy::cast_precision_loss, reason = "for people to read")]
fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

fn message(user: &User, room_id: RoomId, nonce: bool) -> NewMessage {
    let id = next_id();
    // Spread, as random ones are.
    let nonce = nonce.then(|| {
        let number = u64::from_be_bytes(id.to_bytes()[4..].try_into().unwrap()).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Nonce::parse(&format!("{number:016x}{number:08x}")).unwrap()
    });
    NewMessage {
        id: MessageId::new(id),
        room_id,
        author: Author { id: user.id, username: user.username.clone() },
        body: MessageBody::parse("the quick brown fox jumps over the lazy dog, again and again").unwrap(),
        created_at: Timestamp::from_millis(1_767_323_045_678),
        nonce,
    }
}

async fn furnish(store: &SqliteStore) -> (User, Vec<RoomId>) {
    let created_at = Timestamp::from_millis(1_767_323_045_678);
    let user = User {
        id: UserId::new(next_id()),
        username: Username::parse("ann").unwrap(),
        email: None,
        is_admin: false,
        disabled: false,
        created_at,
    };
    let new = NewUser { user: user.clone(), password_hash: PasswordHash::new("$none") };
    store.users().insert(new).await.unwrap();
    let mut rooms = Vec::new();
    for number in 0..ROOMS {
        let room = Room {
            id: RoomId::new(next_id()),
            name: Some(RoomName::parse(&format!("room-{number}")).unwrap()),
            kind: RoomKind::Public,
            topic: Topic::default(),
            created_at,
            archived_at: None,
        };
        rooms.push(room.id);
        store.rooms().insert(NewRoom { room, owner: user.id }).await.unwrap();
    }
    (user, rooms)
}

fn next_id() -> Id {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut bytes = [0x65; 12];
    bytes[4..].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    Id::from_bytes(bytes)
}

fn resident_kib() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.map_or_else(|| "unknown".to_owned(), |line| line.trim().trim_end_matches(" kB").to_owned())
}
