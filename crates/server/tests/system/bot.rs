//! The example bot, while it and its server are killed: it answers everything once.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::support::client::{http, log_in, whole_timeline};
use crate::support::command::PATIENCE;
use crate::support::place::{Place, Store};
use crate::support::server::Server;

/// How often the server is killed; `CHINWAG_TEST_BOT_KILLS` asks for more.
const KILLS: u32 = 5;
/// How many messages are posted from one kill to the next.
const BETWEEN_KILLS: u32 = 20;

#[tokio::test]
async fn a_bot_on_sqlite_misses_and_repeats_nothing() {
    a_bot_misses_and_repeats_nothing(Store::Sqlite).await;
}

#[tokio::test]
async fn a_bot_on_mongodb_misses_and_repeats_nothing() {
    a_bot_misses_and_repeats_nothing(Store::MongoDb).await;
}

async fn a_bot_misses_and_repeats_nothing(store: Store) {
    let kills = std::env::var("CHINWAG_TEST_BOT_KILLS").map_or(KILLS, |kills| kills.parse().unwrap());
    let place = Place::new(store).await;
    let mut server = Server::start(&place).await;
    let (address, url) = (server.address().to_string(), server.url.clone());
    let token = log_in(&url, "testuser", "testpass123").await;
    let mut bot = Bot::start(&url).await;
    for kill in 0..kills {
        // All at once, so that the bot is in the middle of answering.
        join_all((0..BETWEEN_KILLS).map(|number| post(&url, &token, format!("!echo {kill}.{number}")))).await;
        server.kill().await;
        server = Server::start_at(&place, &address).await;
        if kill % 2 == 1 {
            bot.child.kill().await.unwrap();
            bot = Bot::start(&url).await;
        }
    }
    post(&url, &token, "!echo the end".to_owned()).await;
    // With every kill it falls back by some answers, which take it two durable writes each.
    let patience = PATIENCE + kills * Duration::from_secs(2);
    let timeline = timeout(patience, answered(&url, &token)).await.expect("the bot answers in time");
    check(&timeline, kills * BETWEEN_KILLS + 1);
    drop((bot, server));
    place.clean_up().await;
}

/// Checks that each question has one answer, and that answers come in the order of the questions.
fn check(timeline: &[Value], questions: u32) {
    let by = |name: &str| {
        let messages = timeline.iter().filter(|message| message["username"] == name);
        messages.map(|message| message["content"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let asked: Vec<_> = by("testuser").iter().map(|text| text.strip_prefix("!echo ").unwrap().to_owned()).collect();
    assert_eq!(asked.len() as u64, u64::from(questions));
    let answers = by("alice");
    let mut times = HashMap::new();
    for answer in &answers {
        *times.entry(answer.as_str()).or_insert(0) += 1;
    }
    assert!(times.values().all(|times| *times == 1), "repeated: {times:?}");
    assert_eq!(answers, asked, "nothing is missing and the order is kept");
}

/// Waits until the last question was answered; gives the whole timeline.
async fn answered(url: &str, token: &str) -> Vec<Value> {
    loop {
        let timeline = whole_timeline(url, "general", token).await;
        if timeline.iter().any(|message| message["content"] == "the end") {
            return timeline;
        }
        sleep(Duration::from_millis(100)).await;
    }
}

/// A running bot. Dropping it kills it.
struct Bot {
    child: Child,
    /// Reads what it prints, so that it can go on printing.
    _reader: JoinSet<()>,
}

impl Bot {
    /// Starts it as alice and waits until it listens.
    async fn start(url: &str) -> Self {
        let mut command = Command::new(bot_program().await);
        command.args([url, "alice", "general"]).env("CHINWAG_BOT_PASSWORD", "alicepass123");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("the bot starts");
        let mut lines = BufReader::new(child.stdout.take().expect("stdout is a pipe")).lines();
        let first = timeout(PATIENCE, lines.next_line()).await.expect("the bot listens in time");
        assert_eq!(first.expect("text").as_deref(), Some("listening"));
        let mut reader = JoinSet::new();
        reader.spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, _reader: reader }
    }
}

/// Finds the example beside the server, where building all tests puts it; builds it if only some were built.
async fn bot_program() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_chinwag")).with_file_name("examples").join("echo_bot");
    if !program.exists() {
        let build = ["build", "--locked", "--package", "client", "--example", "echo_bot"];
        let built = Command::new(env!("CARGO")).args(build).current_dir(env!("CARGO_MANIFEST_DIR")).status().await;
        assert!(built.expect("cargo runs").success(), "the example can be built");
    }
    program
}

/// Posts until there is an answer.
async fn post(url: &str, token: &str, text: String) {
    let body = json!({ "content": text, "nonce": text.replace(|sign: char| !sign.is_ascii_alphanumeric(), "-") });
    let answer = http().post(format!("{url}/api/v1/rooms/general/messages")).bearer_auth(token).json(&body);
    assert_eq!(answer.send().await.expect("an answer").status(), StatusCode::CREATED);
}
