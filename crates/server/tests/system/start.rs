//! The first start, and what stands in the way of one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use crate::support::client::{http, log_in};
use crate::support::command::{chinwag, ended, run_on};
use crate::support::place::{Place, Store};
use crate::support::server::{Server, without_limits};

#[tokio::test]
async fn the_demo_prints_where_it_is_and_how_to_get_in() {
    let place = Place::new(Store::Sqlite).await;
    let mut server = Server::start(&place).await;
    assert_eq!(server.greeting[0], format!("Chinwag is ready: {}/chat-ui", server.url));
    server.line_with("testuser / testpass123").await;
    server.line_with("alice / alicepass123").await;
    assert_ne!(server.address().port(), 0);
    let page = http().get(format!("{}/chat-ui", server.url)).send().await.unwrap();
    assert_eq!(page.status(), 200);
    log_in(&server.url, "testuser", "testpass123").await;
}

#[tokio::test]
async fn the_demo_leaves_a_store_alone_that_has_accounts() {
    let place = Place::new(Store::Sqlite).await;
    let made = run_on(&place.data_dir(), &["admin", "create-user", "carol", "--admin"], "carols password\n").await;
    assert_eq!(made.code, 0, "{}", made.stderr);
    let mut server = Server::start(&place).await;
    server.line_with("no demo accounts were made").await;
    let form = [("username", "testuser"), ("password", "testpass123")];
    let answer = http().post(format!("{}/token", server.url)).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), 401);
}

#[tokio::test]
async fn without_an_account_a_link_for_the_first_one_is_printed_and_works_once() {
    let place = Place::new(Store::Sqlite).await;
    let mut command = without_limits(&place);
    command.args(["--listen", "127.0.0.1:0"]);
    let mut server = Server::spawn(command).await;
    let link = server.line_with("/chat-ui#/setup/").await;
    let token = link.rsplit('/').next().unwrap().to_owned();
    assert_eq!(token.len(), 43, "256 bits: {link}");
    let set_up = || {
        let body = serde_json::json!({
            "token": token, "username": "carol", "password": "carols password",
        });
        http().post(format!("{}/api/v1/setup", server.url)).json(&body).send()
    };
    assert_eq!(set_up().await.unwrap().status(), 201);
    assert!(set_up().await.unwrap().status().is_client_error());
    log_in(&server.url, "carol", "carols password").await;
    server.kill().await;

    let mut command = without_limits(&place);
    command.args(["--listen", "127.0.0.1:0"]);
    let server = Server::spawn(command).await;
    assert!(server.greeting.iter().all(|line| !line.contains("setup")), "{:?}", server.greeting);
}

#[tokio::test]
async fn the_first_start_makes_secrets_for_their_owner_alone_and_keeps_them() {
    let place = Place::new(Store::Sqlite).await;
    Server::start(&place).await.kill().await;
    let path = place.data_dir().join("secrets.toml");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(place.data_dir()).unwrap().permissions().mode() & 0o777, 0o700);
    let made = fs::read_to_string(&path).unwrap();
    for key in ["signing_key", "vapid_private_key", "vapid_public_key"] {
        assert!(made.contains(key), "{key}");
    }
    Server::start(&place).await.kill().await;
    assert_eq!(fs::read_to_string(&path).unwrap(), made);

    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let said = run_on(&place.data_dir(), &["serve", "--listen", "127.0.0.1:0"], "").await;
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("chmod 600"), "{}", said.stderr);
}

#[tokio::test]
async fn a_second_process_on_a_data_directory_is_told_who_has_it() {
    let place = Place::new(Store::Sqlite).await;
    let server = Server::start(&place).await;
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["admin", "list-users"]] {
        let said = run_on(&place.data_dir(), arguments, "").await;
        assert_eq!(said.code, 1);
        assert!(said.stderr.contains(&format!("process {}", server.pid())), "{}", said.stderr);
    }
    log_in(&server.url, "alice", "alicepass123").await;
}

#[tokio::test]
async fn an_address_that_is_taken_is_said() {
    let place = Place::new(Store::Sqlite).await;
    let other = Place::new(Store::Sqlite).await;
    let server = Server::start(&place).await;
    let address = server.address().to_string();
    let said = run_on(&other.data_dir(), &["serve", "--listen", &address], "").await;
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains(&address) && said.stderr.contains("--listen"), "{}", said.stderr);
}

#[tokio::test]
async fn the_health_check_tells_a_running_server_from_none() {
    let place = Place::new(Store::Sqlite).await;
    let server = Server::start(&place).await;
    let check = || {
        let mut command = chinwag();
        command.arg("healthcheck").env("CHINWAG_LISTEN", server.address().to_string());
        ended(command, "")
    };
    assert_eq!(check().await.code, 0);
    let mut by_url = chinwag();
    by_url.args(["healthcheck", "--url", &server.url]);
    assert_eq!(ended(by_url, "").await.code, 0);
    let address = server.address().to_string();
    server.kill().await;
    let mut command = chinwag();
    command.arg("healthcheck").env("CHINWAG_LISTEN", address);
    assert_eq!(ended(command, "").await.code, 1);
}

#[tokio::test]
async fn health_readiness_and_metrics_are_served() {
    let place = Place::new(Store::Sqlite).await;
    let server = Server::start(&place).await;
    for path in ["healthz", "readyz", "metrics"] {
        let answer = http().get(format!("{}/{path}", server.url)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
    assert!(server.ready_after < Duration::from_secs(10));
}

#[tokio::test]
async fn the_memory_store_leaves_no_file() {
    let place = Place::new(Store::Sqlite).await;
    let mut command = chinwag();
    command.args(["serve", "--demo", "--store", "memory", "--listen", "127.0.0.1:0"]);
    command.arg("--data-dir").arg(place.data_dir()).current_dir(place.root());
    let server = Server::spawn(command).await;
    log_in(&server.url, "alice", "alicepass123").await;
    drop(server);
    assert!(!place.data_dir().exists());
}
