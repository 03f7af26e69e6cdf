//! The first start without demo accounts.

use http_api::{DemoAccount, HttpOptions, SetUpToken};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::server::{PASSWORD, Person, Server, refused};

#[tokio::test]
async fn the_set_up_link_makes_one_administrator_and_the_first_room() {
    let options = HttpOptions { set_up_token: Some(SetUpToken::new("the-secret")), ..HttpOptions::default() };
    let server = Server::with(options).await;
    let about =
        async || server.http.get(server.url("/api/v1/server")).send().await.unwrap().json::<Value>().await.unwrap();
    assert_eq!(about().await, json!({"name": "Chinwag", "version": env!("CARGO_PKG_VERSION"), "needs_setup": true}));
    let set_up = async |token: &str, name: &str| {
        let body = json!({"token": token, "username": name, "password": PASSWORD});
        server.http.post(server.url("/api/v1/setup")).json(&body).send().await.unwrap()
    };
    refused(set_up("the-secreT", "root").await, 404, "not_found").await;
    let response = set_up("the-secret", "root").await;
    assert_eq!(response.status(), StatusCode::CREATED);
    assert!(response.headers()["set-cookie"].to_str().unwrap().starts_with("chinwag_refresh="));
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["user"]["is_admin"], true);
    let root = Person { id: String::new(), token: body["access_token"].as_str().unwrap().to_owned() };
    assert_eq!(server.get("/api/v1/rooms/general", &root).await["role"], "owner");
    assert_eq!(about().await["needs_setup"], false);
    refused(set_up("the-secret", "other").await, 409, "conflict").await;
}

#[tokio::test]
async fn demo_accounts_are_told_and_nothing_needs_setting_up() {
    let account = DemoAccount { username: "testuser".to_owned(), password: "testpass123".to_owned() };
    let server = Server::with(HttpOptions { demo_accounts: vec![account], ..HttpOptions::default() }).await;
    let about: Value = server.http.get(server.url("/api/v1/server")).send().await.unwrap().json().await.unwrap();
    assert_eq!(about["demo"], json!([{"username": "testuser", "password": "testpass123"}]));
    assert_eq!(about["needs_setup"], false);
    let body = json!({"token": "", "username": "root", "password": PASSWORD});
    let response = server.http.post(server.url("/api/v1/setup")).json(&body).send().await.unwrap();
    refused(response, 404, "not_found").await;
}
