//! Requests that can't be served, each with its problem document.

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::server::{Person, Server, refused};

async fn send(server: &Server, person: &Person, body: impl Into<reqwest::Body>, content_type: &str) -> Response {
    let request = server.request("POST", "/api/v1/rooms", person).header("content-type", content_type).body(body);
    request.send().await.unwrap()
}

#[tokio::test]
async fn every_fault_in_a_sign_up_is_told_at_once() {
    let server = Server::start().await;
    let body = json!({"username": "a b", "password": "short", "email": "nowhere"});
    let response = server.http.post(server.url("/users/")).json(&body).send().await.unwrap();
    let problem = refused(response, 422, "invalid").await;
    let faults = problem["errors"].as_array().unwrap();
    let pointers: Vec<_> = faults.iter().map(|fault| fault["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/username", "/password", "/email"]);
    assert!(faults.iter().all(|fault| !fault["detail"].as_str().unwrap().is_empty()));
    assert!(!problem.to_string().contains("short"), "a password is never repeated");
}

#[tokio::test]
async fn missing_fields_and_wrong_types_are_faults_of_their_fields() {
    let server = Server::start().await;
    let body = json!({"username": {"$ne": null}, "email": 5});
    let response = server.http.post(server.url("/users/")).json(&body).send().await.unwrap();
    let problem = refused(response, 422, "invalid").await;
    let details: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|fault| fault["detail"].clone()).collect();
    assert_eq!(details, ["must be a text", "is required", "must be a text"]);

    let response =
        server.http.post(server.url("/token")).form(&[("grant_type", "refresh_token")]).send().await.unwrap();
    assert_eq!(refused(response, 422, "invalid").await["errors"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn bodies_that_are_not_json_objects_are_bad_requests() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    let deep = format!("{{\"name\":{}1{}}}", "[".repeat(16), "]".repeat(16));
    for body in ["", "{", "[]", "null", "\"text\"", "{\"name\":}", "{'name':1}", "\u{feff}{}", "{}{}", &deep] {
        refused(send(&server, &ann, body.to_owned(), "application/json").await, 400, "bad_request").await;
    }
    refused(send(&server, &ann, vec![b'{', 0xff, b'}'], "application/json").await, 400, "bad_request").await;
}

#[tokio::test]
async fn other_media_types_are_refused() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    for content_type in ["text/plain", "application/xml", "application/x-www-form-urlencoded", "", "json"] {
        refused(send(&server, &ann, "{}", content_type).await, 415, "unsupported_media_type").await;
    }
    let accepted = send(&server, &ann, r#"{"name":"tea","kind":"public"}"#, "application/json; charset=utf-8").await;
    assert_eq!(accepted.status(), StatusCode::CREATED);
    let response = server.http.post(server.url("/token")).json(&json!({})).send().await.unwrap();
    refused(response, 415, "unsupported_media_type").await;
}

#[tokio::test]
async fn bodies_beyond_the_limit_are_refused_with_and_without_a_length() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    let large = json!({"name": "a", "kind": "public", "padding": "x".repeat(64 * 1024)}).to_string();
    refused(send(&server, &ann, large.clone(), "application/json").await, 413, "too_large").await;

    let mut raw = crate::raw::Raw::connect(server.address).await;
    let head = format!(
        "POST /api/v1/rooms HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         transfer-encoding: chunked\r\nconnection: close\r\n\r\n",
        server.address, ann.token
    );
    raw.send(head.as_bytes()).await;
    raw.send(format!("{:x}\r\n{large}\r\n0\r\n\r\n", large.len()).as_bytes()).await;
    assert!(raw.head().await.starts_with("HTTP/1.1 413"));
}

#[tokio::test]
async fn unknown_paths_and_methods_have_problems_too() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    for path in ["/nothing", "/api/v1", "/api/v1/nothing", "/chat/messages", "/api/v1/rooms/a/b/c", "/chat-ui/no.js"] {
        refused(server.request("GET", path, &ann).send().await.unwrap(), 404, "not_found").await;
    }
    for (method, path, allow) in [
        ("PUT", "/api/v1/rooms", "GET,HEAD,POST"),
        ("GET", "/users/", "POST"),
        ("GET", "/token", "POST"),
        ("POST", "/api/v1/messages/000000000000000000000001", "GET,HEAD,PATCH,DELETE"),
        ("BREW", "/healthz", "GET,HEAD"),
    ] {
        let response = server.request(method, path, &ann).send().await.unwrap();
        assert_eq!(response.headers()["allow"], allow, "{method} {path}");
        refused(response, 405, "method_not_allowed").await;
    }
}

#[tokio::test]
async fn ids_and_names_that_cannot_be_are_not_found() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    let paths = ["/api/v1/messages/xyz", "/api/v1/messages/00010203040506070809ABFF", "/api/v1/messages/%24ne"];
    let rooms = ["/api/v1/rooms/no%20room", "/api/v1/rooms/%ff", "/api/v1/rooms/none/messages", "/chat/messages/-"];
    for path in paths.iter().chain(&rooms) {
        refused(server.request("GET", path, &ann).send().await.unwrap(), 404, "not_found").await;
    }
    let response = server.request("DELETE", "/api/v1/sessions/xyz", &ann).send().await.unwrap();
    refused(response, 404, "not_found").await;
}

#[tokio::test]
async fn query_parameters_that_are_not_numbers_are_faults_and_large_ones_are_clamped() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    server.room(&ann, "general", "public").await;
    let bad = "/api/v1/rooms/general/messages?limit=many&before=-1&after=1.5";
    let problem = refused(server.request("GET", bad, &ann).send().await.unwrap(), 422, "invalid").await;
    let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|fault| fault["pointer"].clone()).collect();
    assert_eq!(pointers, ["?limit", "?before", "?after"]);
    for bad in
        ["/api/v1/rooms/general/messages?before=1&after=2", "/api/v1/rooms?cursor=!", "/chat/messages/general?limit="]
    {
        refused(server.request("GET", bad, &ann).send().await.unwrap(), 422, "invalid").await;
    }
    let huge = "99999999999999999999999999";
    for path in ["messages?limit=", "messages?before=", "messages?after=", "messages?around=", "changes?after="] {
        server.get(&format!("/api/v1/rooms/general/{path}{huge}"), &ann).await;
    }
}

#[tokio::test]
async fn bad_tokens_are_refused_everywhere() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    let mut forged = ann.clone();
    forged.token.replace_range(forged.token.len() - 4.., "AAAA");
    for person in [&forged, &Person { id: String::new(), token: "x".to_owned() }] {
        let response = server.request("GET", "/users/me", person).send().await.unwrap();
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
        refused(response, 401, "unauthenticated").await;
        let path = format!("/chat/ws/general?token={}", person.token);
        let (status, problem) = server.try_connect(&path, &[]).await.err().unwrap();
        assert_eq!((status, problem["code"].as_str()), (401, Some("unauthenticated")));
    }
    for authorization in ["", "Bearer", "Bearer ", "Basic YTpi", &ann.token] {
        let request = server.http.get(server.url("/users/me")).header("authorization", authorization);
        refused(request.send().await.unwrap(), 401, "unauthenticated").await;
    }
    let (status, _) = server.try_connect("/chat/ws/general", &[]).await.err().unwrap();
    assert_eq!(status, 401);
    server.clock.advance(std::time::Duration::from_secs(3601));
    refused(server.request("GET", "/users/me", &ann).send().await.unwrap(), 401, "token_expired").await;
}

#[tokio::test]
async fn hostile_text_is_plain_text() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    server.room(&ann, "general", "public").await;
    for text in
        ["<script>alert(1)</script>", "{\"$gt\":\"\"}", "a.b.$c\u{0}", "' OR 1=1 --", "\u{202e}abc", "\"NEAR(a b)"]
    {
        let posted = server.post("/api/v1/rooms/general/messages", &ann, &json!({"content": text})).await;
        assert_eq!(posted.status(), StatusCode::CREATED);
        assert_eq!(posted.json::<Value>().await.unwrap()["content"], text);
    }
}

#[tokio::test]
async fn a_request_id_is_echoed_if_it_is_sane_and_made_otherwise() {
    let server = Server::start().await;
    let get = |id: &'static str| server.http.get(server.url("/nothing")).header("x-request-id", id).send();
    let response = get("abc-123").await.unwrap();
    assert_eq!(response.headers()["x-request-id"], "abc-123");
    assert_eq!(refused(response, 404, "not_found").await["request_id"], "abc-123");
    let made = get("two words").await.unwrap();
    assert_ne!(made.headers()["x-request-id"], "two words");
}
