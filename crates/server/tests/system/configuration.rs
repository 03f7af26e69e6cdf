//! What happens to a configuration that is wrong, and how to see one that isn't.

use std::fs;
use std::time::{Duration, Instant};

use crate::support::command::{chinwag, ended, run};

#[tokio::test]
async fn all_faults_of_a_configuration_are_said_at_once_with_the_nearest_name() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("chinwag.toml");
    fs::write(&file, "listn = \"127.0.0.1:1\"\n[limits]\nsends_per_secnd = 3\nsends_burst = \"many\"\n").unwrap();
    let mut command = chinwag();
    command.arg("--config").arg(&file).args(["--store", "sqlit", "--listen", "here"]);
    command.env("CHINWAG_DATADIR", "x");
    let said = ended(command, "").await;
    assert_eq!(said.code, 2);
    assert_eq!(said.stdout, "");
    for text in [
        "6 faults",
        "did you mean listen?",
        "did you mean limits.sends_per_second?",
        "limits.sends_burst = \"many\"",
        "did you mean sqlite?",
        "listen = \"here\" (from --listen)",
        "CHINWAG_DATADIR is not known; did you mean CHINWAG_DATA_DIR?",
    ] {
        assert!(said.stderr.contains(text), "{text} is missing in: {}", said.stderr);
    }
}

#[tokio::test]
async fn a_flag_wins_over_a_variable_and_that_over_the_file() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("chinwag.toml");
    let secret = place.path().join("uri");
    let text = "log_format = \"json\"\ncors_origin = [\"https://a.example\", \"https://b.example\"]\n\
                [limits]\nsends_burst = 1\nsends_per_second = 2\n";
    fs::write(&file, text).unwrap();
    fs::write(&secret, "mongodb://ann:hunter2@db.example/chat\n").unwrap();
    let mut command = chinwag();
    command.args(["config", "show", "--limits-sends-burst", "3"]).arg("--config").arg(&file);
    command.env("CHINWAG_LIMITS_SENDS_BURST", "4").env("CHINWAG_LIMITS_SENDS_PER_SECOND", "5");
    command.env("CHINWAG_STORE_FILE", &secret).env("CHINWAG_SIGNING_KEY", "A".repeat(43));
    let said = ended(command, "").await;
    assert_eq!(said.code, 0, "{}", said.stderr);
    let line = |name: &str| said.stdout.lines().find(|line| line.contains(name)).expect(name).to_owned();
    assert!(line("sends_burst").starts_with("sends_burst = 3 "), "{}", said.stdout);
    assert!(line("sends_burst").ends_with("# command line"));
    assert!(line("sends_per_second").ends_with("# CHINWAG_LIMITS_SENDS_PER_SECOND"));
    assert!(line("log_format").ends_with("chinwag.toml"));
    assert!(line("cors_origin").starts_with("cors_origin = [\"https://a.example\", \"https://b.example\"]"));
    assert!(line("json_depth").ends_with("# default"));
    assert!(line("store").contains("db.example"));
    assert!(line("signing_key").contains("(hidden)"));
    assert!(!said.stdout.contains("hunter2") && !said.stdout.contains("AAAA"), "{}", said.stdout);
}

#[tokio::test]
async fn a_configuration_can_be_checked_without_starting_anything() {
    let place = tempfile::tempdir().unwrap();
    let data_dir = place.path().join("data");
    let mut command = chinwag();
    command.args(["config", "check", "--data-dir"]).arg(&data_dir);
    let said = ended(command, "").await;
    assert_eq!((said.code, said.stdout.as_str()), (0, "The configuration is sound.\n"));
    assert!(said.stderr.contains("argon2"), "the tests hash cheaply, which is warned of: {}", said.stderr);
    assert!(!data_dir.exists());
    assert_eq!(run(&["config", "check", "--broker", "nats://127.0.0.1"]).await.code, 2);
}

#[tokio::test]
async fn the_demo_is_refused_where_other_machines_can_reach_it() {
    let said = run(&["--demo", "--listen", "0.0.0.0:0", "--store", "memory"]).await;
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("--demo-public"), "{}", said.stderr);
}

#[tokio::test]
async fn an_unknown_flag_or_command_ends_with_2() {
    for arguments in [&["--lisen", "127.0.0.1:0"][..], &["sereve"], &["backup"], &["admin", "create-user"]] {
        assert_eq!(run(arguments).await.code, 2, "{arguments:?}");
    }
}

#[tokio::test]
async fn a_mongodb_that_is_not_there_is_said_within_seconds_without_its_password() {
    let place = tempfile::tempdir().unwrap();
    let mut command = chinwag();
    command.arg("--data-dir").arg(place.path()).args(["--listen", "127.0.0.1:0"]);
    // Nothing listens on port 1.
    command.env("CHINWAG_STORE", "mongodb://ann:hunter2@127.0.0.1:1/chat");
    let begun = Instant::now();
    let said = ended(command, "").await;
    assert_eq!(said.code, 1, "{}", said.stderr);
    assert!(begun.elapsed() < Duration::from_secs(15));
    assert!(said.stderr.contains("127.0.0.1:1"), "{}", said.stderr);
    assert!(!said.stderr.contains("hunter2") && !said.stderr.contains("ann:"), "{}", said.stderr);
}

#[tokio::test]
async fn what_needs_no_configuration_works_with_a_wrong_one() {
    for arguments in [&["version"][..], &["openapi"], &["asyncapi"], &["--help"], &["--version"]] {
        let mut command = chinwag();
        command.args(arguments).env("CHINWAG_LISTEN", "nowhere");
        let said = ended(command, "").await;
        assert_eq!(said.code, 0, "{arguments:?}: {}", said.stderr);
        assert!(!said.stdout.trim().is_empty(), "{arguments:?}");
    }
}

#[tokio::test]
async fn the_description_of_the_api_is_openapi() {
    let said = run(&["openapi"]).await;
    let document: serde_json::Value = serde_json::from_str(&said.stdout).expect("JSON");
    assert!(document["openapi"].as_str().expect("a version").starts_with("3.1"));
    let said = run(&["asyncapi"]).await;
    let document: serde_json::Value = serde_json::from_str(&said.stdout).expect("JSON");
    assert_eq!(document["asyncapi"], "3.0.0");
}
