//! Signing in, staying signed in, and no longer being so.

use domain::model::Username;
use domain::usecase::disable_user;
use http_api::HttpOptions;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::server::{PASSWORD, Person, Server, refused};

async fn sign_in(server: &Server, name: &str) -> Response {
    let body = json!({"username": name, "password": PASSWORD});
    let request = server.http.post(server.url("/api/v1/sessions")).header("user-agent", "Tester/1").json(&body);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    response
}

fn cookie(response: &Response) -> String {
    response.headers()["set-cookie"].to_str().unwrap().to_owned()
}

fn pair(cookie: &str) -> &str {
    cookie.split(';').next().unwrap()
}

async fn refresh(server: &Server, cookie: &str) -> Response {
    server.http.post(server.url("/api/v1/sessions/refresh")).header("cookie", pair(cookie)).send().await.unwrap()
}

async fn person(response: Response) -> Person {
    let body: Value = response.json().await.unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Person { id: text(&body["user"]["_id"]), token: text(&body["access_token"]) }
}

#[tokio::test]
async fn the_refresh_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let server = Server::start().await;
    server.person("ann").await;
    let cookie = cookie(&sign_in(&server, "ann").await);
    assert!(cookie.starts_with("chinwag_refresh="));
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/api/v1/sessions", "Max-Age=2592000"] {
        assert!(cookie.split("; ").any(|found| found == attribute), "{attribute} in {cookie}");
    }
    assert!(!cookie.contains("Secure"));
    let options = HttpOptions { public_origin: Some("https://chat.example".to_owned()), ..HttpOptions::default() };
    let server = Server::with(options).await;
    server.person("ann").await;
    let response = sign_in(&server, "ann").await;
    assert!(response.headers()["set-cookie"].to_str().unwrap().ends_with("; Secure"));
    assert_eq!(response.headers()["strict-transport-security"], "max-age=31536000");
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_reusing_it_ends_the_session() {
    let server = Server::start().await;
    server.person("ann").await;
    let response = sign_in(&server, "ann").await;
    let first = cookie(&response);
    let ann = person(response).await;
    let refreshed = refresh(&server, &first).await;
    assert_eq!(refreshed.status(), StatusCode::OK);
    let second = cookie(&refreshed);
    assert_ne!(pair(&first), pair(&second));
    let renewed = person(refreshed).await;
    assert_eq!(renewed.id, ann.id);
    server.get("/api/v1/users/me", &renewed).await;

    let socket = {
        server.room(&renewed, "general", "public").await;
        server.connect("general", &renewed).await
    };
    let reused = refresh(&server, &first).await;
    assert!(cookie(&reused).contains("Max-Age=0"));
    refused(reused, 401, "unauthenticated").await;
    refused(refresh(&server, &second).await, 401, "unauthenticated").await;
    refused(server.request("GET", "/users/me", &renewed).send().await.unwrap(), 401, "unauthenticated").await;
    assert_eq!(socket.closed().await, 4010);
    refused(refresh(&server, "chinwag_refresh=").await, 401, "unauthenticated").await;
}

#[tokio::test]
async fn sessions_are_listed_with_the_current_one_marked_and_end_one_by_one() {
    let server = Server::start().await;
    server.person("ann").await;
    let here = person(sign_in(&server, "ann").await).await;
    let there = person(sign_in(&server, "ann").await).await;
    let stranger = server.person("bob").await;
    server.room(&here, "general", "public").await;
    let socket = server.connect("general", &there).await;

    let list = server.get("/api/v1/sessions", &here).await;
    let items = list["items"].as_array().unwrap();
    assert_eq!((items.len(), &list["next"]), (3, &Value::Null));
    let current: Vec<_> = items.iter().filter(|session| session["current"] == true).collect();
    assert_eq!(current.len(), 1);
    assert_eq!(current[0]["device"], "Tester/1");
    let theirs = server.get("/api/v1/sessions", &there).await;
    let other =
        theirs["items"].as_array().unwrap().iter().find(|session| session["current"] == true).unwrap()["_id"].clone();

    let path = format!("/api/v1/sessions/{}", other.as_str().unwrap());
    refused(server.request("DELETE", &path, &stranger).send().await.unwrap(), 404, "not_found").await;
    assert_eq!(server.request("DELETE", &path, &here).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(socket.closed().await, 4010);
    refused(server.request("GET", "/users/me", &there).send().await.unwrap(), 401, "unauthenticated").await;

    let out = server.request("DELETE", "/api/v1/sessions/current", &here).send().await.unwrap();
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    assert!(cookie(&out).contains("Max-Age=0"));
    refused(server.request("GET", "/users/me", &here).send().await.unwrap(), 401, "unauthenticated").await;
}

#[tokio::test]
async fn shutting_an_account_closes_its_sockets_and_ends_its_tokens() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    server.room(&ann, "general", "public").await;
    let socket = server.connect("general", &ann).await;
    disable_user(&server.ports, &Username::parse("ann").unwrap()).await.unwrap();
    assert_eq!(socket.closed().await, 4011);
    refused(server.request("GET", "/users/me", &ann).send().await.unwrap(), 401, "unauthenticated").await;
    let (status, _) = server.try_connect(&format!("/chat/ws/general?token={}", ann.token), &[]).await.err().unwrap();
    assert_eq!(status, 401);
}
