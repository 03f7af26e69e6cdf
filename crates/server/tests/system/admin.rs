//! Accounts from the command line.

use crate::support::client::{http, log_in};
use crate::support::command::{Ended, run, run_on};
use crate::support::place::{Place, Store};
use crate::support::server::Server;

async fn admin(place: &Place, arguments: &[&str], input: &str) -> Ended {
    run_on(&place.data_dir(), &[&["admin"], arguments].concat(), input).await
}

async fn token_status(url: &str, username: &str, password: &str) -> u16 {
    let form = [("username", username), ("password", password)];
    http().post(format!("{url}/token")).form(&form).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn accounts_are_made_changed_shut_and_listed() {
    let place = Place::new(Store::Sqlite).await;
    assert_eq!(admin(&place, &["create-user", "carol", "--admin"], "carols password\n").await.code, 0);
    assert_eq!(admin(&place, &["create-user", "dave"], "daves password\n").await.code, 0);
    let again = admin(&place, &["create-user", "Carol"], "another password\n").await;
    assert_eq!(again.code, 1);
    let list = admin(&place, &["list-users"], "").await.stdout;
    let lines: Vec<Vec<&str>> = list.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines[0][..3], ["carol", "admin", "active"]);
    assert_eq!(lines[1][..3], ["dave", "user", "active"]);

    assert_eq!(admin(&place, &["set-password", "dave"], "a new password\n").await.code, 0);
    assert_eq!(admin(&place, &["disable", "carol"], "").await.code, 0);
    let server = Server::start(&place).await;
    log_in(&server.url, "dave", "a new password").await;
    assert_eq!(token_status(&server.url, "dave", "daves password").await, 401);
    assert_eq!(token_status(&server.url, "carol", "carols password").await, 401);
    server.kill().await;

    assert_eq!(admin(&place, &["enable", "carol"], "").await.code, 0);
    let server = Server::start(&place).await;
    log_in(&server.url, "carol", "carols password").await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_the_right_exit_code() {
    let place = Place::new(Store::Sqlite).await;
    assert_eq!(admin(&place, &["create-user", "a b"], "a password\n").await.code, 2);
    let short = admin(&place, &["create-user", "carol"], "short\n").await;
    assert_eq!(short.code, 2);
    assert!(!short.stderr.contains("short\n") && short.stderr.contains('8'), "{}", short.stderr);
    for verb in ["disable", "enable"] {
        let said = admin(&place, &[verb, "nobody"], "").await;
        assert_eq!(said.code, 1);
        assert!(said.stderr.contains("no account"), "{}", said.stderr);
    }
    assert_eq!(run(&["admin", "list-users", "--store", "memory"]).await.code, 2);
}

#[tokio::test]
async fn on_mongodb_accounts_are_managed_while_the_server_runs() {
    let place = Place::new(Store::MongoDb).await;
    let server = Server::start(&place).await;
    let token = log_in(&server.url, "alice", "alicepass123").await;
    let mut command = crate::support::command::chinwag();
    command.args(["admin", "disable", "alice"]).env("CHINWAG_STORE", place.store());
    let ended = crate::support::command::ended(command, "").await;
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let me = || http().get(format!("{}/users/me", server.url)).bearer_auth(&token).send();
    // The news travels through the database.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while me().await.unwrap().status() != 401 {
        assert!(std::time::Instant::now() < deadline, "the session lives on");
    }
    drop(server);
    place.clean_up().await;
}
