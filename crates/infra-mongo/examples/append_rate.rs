//! Prints how many durable posts a second the store takes, each with the read that precedes it.
//!
//! `cargo run --release -p infra-mongo --example append_rate -- [URI] [WRITERS] [ROOMS] [SECONDS]`; without an address
//! it takes `CHINWAG_TEST_MONGODB_URI`. It uses a database of its own and removes it.
#![expect(clippy::print_stdout, reason = "the figures are what the program is for")]
#![expect(clippy::unwrap_used, reason = "a measurement ends at the first fault")]

use std::time::{Duration, Instant};

use domain::model::{RoomId, RoomRef, User};
use infra_mongo::{MongoOptions, MongoStore};
use testkit::{a_membership, a_message, a_room, a_user};
use tokio_util::task::TaskTracker;

const USAGE: &str =
    "name a MongoDB: append_rate mongodb://127.0.0.1:27017/?replicaSet=rs0, or set CHINWAG_TEST_MONGODB_URI";

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(uri) = arguments.next().or_else(|| std::env::var("CHINWAG_TEST_MONGODB_URI").ok()) else {
        println!("{USAGE}");
        return;
    };
    let mut number = |default: u32| arguments.next().map_or(default, |text| text.parse().unwrap());
    let (writers, rooms, seconds) = (number(64), number(8), number(5));
    let store = MongoStore::connect(&fresh(&uri), MongoOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    let broadcaster = store.is_replica_set().then(|| store.broadcaster());
    let _broadcaster = match broadcaster {
        Some(starting) => Some(starting.await.unwrap()),
        None => None,
    };
    let posts = measure(&store, writers, rooms, Duration::from_secs(seconds.into())).await;
    let rate = posts / u64::from(seconds.max(1));
    println!("{rate} durable posts/s ({writers} writers, {rooms} rooms, {seconds} s)");
    store.drop_database().await.unwrap();
}

/// Counts the posts of that time, after one second of warming up.
async fn measure(store: &MongoStore, writers: u32, rooms: u32, time: Duration) -> u64 {
    let mut people: Vec<(User, RoomId)> = Vec::new();
    let mut places: Vec<RoomId> = Vec::new();
    for number in 0..writers {
        let new = a_user(&format!("writer-{number}"));
        let user = new.user.clone();
        store.users().insert(new).await.unwrap();
        if number < rooms {
            let room = a_room(&format!("room-{number}"), user.id);
            places.push(room.room.id);
            store.rooms().insert(room).await.unwrap();
        }
        let room_id = places[number as usize % places.len()];
        store.memberships().join(a_membership(room_id, user.id)).await.unwrap();
        people.push((user, room_id));
    }
    let begin = Instant::now() + Duration::from_secs(1);
    let end = begin + time;
    let tasks = TaskTracker::new();
    let handles: Vec<_> = people
        .into_iter()
        .map(|(user, room_id)| {
            let (access, messages) = (store.rooms(), store.messages());
            tasks.spawn(async move {
                let mut posts = 0_u64;
                while Instant::now() < end {
                    access.access(&RoomRef::Id(room_id), user.id).await.unwrap().unwrap();
                    let message = a_message(room_id, &user, "a message of an ordinary length, as people write");
                    messages.append(message).await.unwrap();
                    posts += u64::from(Instant::now() > begin);
                }
                posts
            })
        })
        .collect();
    let mut posts = 0;
    for handle in handles {
        posts += handle.await.unwrap();
    }
    posts
}

/// Names a database that nobody has used on the server of an address.
fn fresh(uri: &str) -> String {
    let (scheme, rest) = uri.split_once("://").unwrap();
    let (address, options) = rest.split_once('?').unwrap_or((rest, ""));
    let hosts = address.split('/').next().unwrap_or_default();
    format!("{scheme}://{hosts}/chinwag_rate_{}?{options}", std::process::id())
}
