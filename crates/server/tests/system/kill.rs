//! kill -9 under load: nothing acknowledged is lost, nothing is doubled, numbers stay dense.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::support::client::{Socket, http, log_in, whole_timeline};
use crate::support::place::{Place, Store};
use crate::support::server::Server;

/// How many people send at the same time.
const SENDERS: usize = 8;
/// How often the server is killed.
const KILLS: usize = 20;
/// How many messages have to be acknowledged between two kills.
const BETWEEN_KILLS: u64 = 60;

#[tokio::test]
async fn killing_the_server_on_sqlite_loses_and_doubles_nothing() {
    kills_lose_and_double_nothing(Store::Sqlite).await;
}

#[tokio::test]
async fn killing_the_server_on_mongodb_loses_and_doubles_nothing() {
    kills_lose_and_double_nothing(Store::MongoDb).await;
}

async fn kills_lose_and_double_nothing(store: Store) {
    let place = Place::new(store).await;
    let mut server = Server::start(&place).await;
    let address = server.address().to_string();
    let url = server.url.clone();
    let tokens = [log_in(&url, "testuser", "testpass123").await, log_in(&url, "alice", "alicepass123").await];
    let (stop, stopped) = watch::channel(false);
    let (count, mut counted) = watch::channel(0_u64);
    let count = Arc::new(count);
    let mut senders = JoinSet::new();
    for number in 0..SENDERS {
        let sender = Sender {
            url: url.clone(),
            token: tokens[number % 2].clone(),
            number,
            stopped: stopped.clone(),
            count: Arc::clone(&count),
        };
        senders.spawn(sender.run());
    }
    let mut observers = JoinSet::new();
    for kill in 1..=KILLS {
        observers.spawn(observe(Socket::open(&url, "general", &tokens[0]).await));
        let goal = *counted.borrow_and_update() + BETWEEN_KILLS;
        counted.wait_for(|acknowledged| *acknowledged >= goal).await.unwrap();
        server.kill().await;
        server = Server::start_at(&place, &address).await;
        assert!(server.ready_after < Duration::from_secs(15), "after kill {kill}: {:?}", server.ready_after);
    }
    stop.send(true).unwrap();
    let mut acknowledged = HashMap::new();
    while let Some(sent) = senders.join_next().await {
        acknowledged.extend(sent.unwrap());
    }
    assert!(acknowledged.len() as u64 >= BETWEEN_KILLS * KILLS as u64);

    let stored = whole_timeline(&url, "general", &tokens[0]).await;
    check(&stored, &acknowledged);
    while let Some(shown) = observers.join_next().await {
        for (id, seq) in shown.unwrap() {
            assert_eq!(stored[usize::try_from(seq - 1).unwrap()]["_id"], id.as_str(), "what was shown was stored");
        }
    }
    server.kill().await;
    // Once more from the disk, not from memory.
    let server = Server::start_at(&place, &address).await;
    check(&whole_timeline(&url, "general", &tokens[0]).await, &acknowledged);
    drop(server);
    place.clean_up().await;
}

/// Checks the stored timeline against what was acknowledged: text by id.
fn check(stored: &[Value], acknowledged: &HashMap<String, String>) {
    let seqs: Vec<u64> = stored.iter().map(|message| message["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (1..=stored.len() as u64).collect::<Vec<_>>(), "seq runs from 1 without gaps");
    let text = |message: &Value| message["content"].as_str().unwrap().to_owned();
    let texts: HashSet<String> = stored.iter().map(text).collect();
    assert_eq!(texts.len(), stored.len(), "no text is there twice");
    let by_id: HashMap<String, String> =
        stored.iter().map(|message| (message["_id"].as_str().unwrap().to_owned(), text(message))).collect();
    for (id, text) in acknowledged {
        assert_eq!(by_id.get(id), Some(text), "an acknowledged message is there under its id");
    }
    // Each sender waits for an answer before it goes on and repeats until it has one: everything is acknowledged.
    assert_eq!(stored.len(), acknowledged.len(), "what wasn't acknowledged wasn't sent");
}

/// Watches the room until the connection breaks; gives what was shown, by id and place.
async fn observe(mut socket: Socket) -> Vec<(String, u64)> {
    let mut shown: Vec<(String, u64)> = Vec::new();
    while let Some(Ok(frame)) = socket.receive().await {
        if frame["type"] == "message" {
            let seq = frame["seq"].as_u64().unwrap();
            let expected = shown.last().map_or(seq, |(_, last)| last + 1);
            assert_eq!(seq, expected, "one connection sees every message once, in order");
            shown.push((frame["_id"].as_str().unwrap().to_owned(), seq));
        }
    }
    assert!(!shown.is_empty(), "somebody was talking");
    shown
}

/// Somebody who says one thing after the other, and repeats what wasn't answered.
struct Sender {
    url: String,
    token: String,
    number: usize,
    stopped: watch::Receiver<bool>,
    count: Arc<watch::Sender<u64>>,
}

impl Sender {
    /// Sends until told to stop; gives what was acknowledged: text by id.
    async fn run(self) -> HashMap<String, String> {
        let client = http();
        let mut acknowledged = HashMap::new();
        for turn in 0_u64.. {
            if *self.stopped.borrow() {
                break;
            }
            let text = format!("sender {} turn {turn}", self.number);
            let nonce = format!("sender-{}-turn-{turn}-of-a-test-of-kills", self.number);
            let id = self.send(&client, &text, &nonce).await;
            assert_eq!(acknowledged.insert(id, text), None, "every message has an id of its own");
            self.count.send_modify(|count| *count += 1);
        }
        acknowledged
    }

    /// Sends one message until there is a definite answer, as the contract asks of a client.
    async fn send(&self, client: &reqwest::Client, text: &str, nonce: &str) -> String {
        let path = format!("{}/api/v1/rooms/general/messages", self.url);
        let body = json!({ "content": text, "nonce": nonce });
        loop {
            let answer = client.post(&path).bearer_auth(&self.token).json(&body).send().await;
            match answer {
                Ok(answer) if matches!(answer.status(), StatusCode::OK | StatusCode::CREATED) => {
                    // An answer cut off in the middle is no answer.
                    if let Ok(message) = answer.json::<Value>().await {
                        return message["_id"].as_str().expect("an id").to_owned();
                    }
                }
                Ok(answer) => assert!(answer.status().is_server_error(), "{}", answer.status()),
                // Nobody is there: as a client does, it waits a little before it tries again.
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
        }
    }
}
