//! Rooms, members and who may know of them.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::server::{Server, refused};

#[tokio::test]
async fn a_private_room_does_not_exist_for_outsiders() {
    let server = Server::start().await;
    let (owner, outsider) = (server.person("owner").await, server.person("outsider").await);
    let room = server.room(&owner, "secret", "private").await;
    let id = room["_id"].as_str().unwrap();
    let said = server.post("/api/v1/rooms/secret/messages", &owner, &json!({"content": "psst"})).await;
    let message: Value = said.json().await.unwrap();
    let message = format!("/api/v1/messages/{}", message["_id"].as_str().unwrap());
    for room in ["secret", id, "nowhere"] {
        for (method, path) in [
            ("GET", format!("/api/v1/rooms/{room}")),
            ("GET", format!("/api/v1/rooms/{room}/messages")),
            ("GET", format!("/api/v1/rooms/{room}/changes")),
            ("GET", format!("/api/v1/rooms/{room}/members")),
            ("POST", format!("/api/v1/rooms/{room}/join")),
            ("POST", format!("/api/v1/rooms/{room}/leave")),
            ("GET", format!("/chat/messages/{room}")),
        ] {
            let response = server.request(method, &path, &outsider).send().await.unwrap();
            let problem = refused(response, 404, "not_found").await;
            assert_eq!(problem["detail"], "there is no such room", "{path}");
        }
        let (status, problem) =
            server.try_connect(&format!("/chat/ws/{room}?token={}", outsider.token), &[]).await.err().unwrap();
        assert_eq!((status, problem["code"].as_str()), (404, Some("not_found")));
    }
    refused(server.request("GET", &message, &outsider).send().await.unwrap(), 404, "not_found").await;
    refused(server.request("DELETE", &message, &outsider).send().await.unwrap(), 404, "not_found").await;
    assert_eq!(server.get("/api/v1/rooms/directory", &outsider).await["items"], json!([]));
    assert_eq!(server.get(&message, &owner).await["content"], "psst");
}

#[tokio::test]
async fn joining_and_leaving_can_be_repeated() {
    let server = Server::start().await;
    let (owner, ann) = (server.person("owner").await, server.person("ann").await);
    let room = server.room(&owner, "Tea", "public").await;
    assert_eq!((room["name"].as_str(), room["role"].as_str()), (Some("tea"), Some("owner")));
    let body = json!({"content": "hello"});
    refused(server.post("/api/v1/rooms/tea/messages", &ann, &body).await, 403, "not_a_member").await;
    for _ in 0..2 {
        let joined = server.request("POST", "/api/v1/rooms/TEA/join", &ann).send().await.unwrap();
        assert_eq!(joined.status(), StatusCode::OK);
        let room: Value = joined.json().await.unwrap();
        assert_eq!((&room["member_count"], &room["role"]), (&json!(2), &json!("member")));
    }
    assert_eq!(server.post("/api/v1/rooms/tea/messages", &ann, &body).await.status(), StatusCode::CREATED);
    let members = server.get("/api/v1/rooms/tea/members", &ann).await;
    let names: Vec<_> = members["items"].as_array().unwrap().iter().map(|member| member["username"].clone()).collect();
    assert_eq!(names, ["owner", "ann"]);
    let socket = server.connect("tea", &ann).await;
    for _ in 0..2 {
        let left = server.request("POST", "/api/v1/rooms/tea/leave", &ann).send().await.unwrap();
        assert_eq!(left.status(), StatusCode::NO_CONTENT);
    }
    assert_eq!(socket.closed().await, 1008);
    assert_eq!(server.get("/api/v1/rooms", &ann).await, json!({"items": [], "next": null}));
}

#[tokio::test]
async fn only_moderators_write_in_announcements() {
    let server = Server::start().await;
    let (owner, ann) = (server.person("owner").await, server.person("ann").await);
    server.room(&owner, "news", "announce").await;
    let mut socket = server.connect("news", &ann).await;
    socket.say("me too").await;
    assert_eq!(socket.next("error").await["code"], "forbidden");
    let body = json!({"content": "me too"});
    refused(server.post("/api/v1/rooms/news/messages", &ann, &body).await, 403, "forbidden").await;
    assert_eq!(server.post("/api/v1/rooms/news/messages", &owner, &body).await.status(), StatusCode::CREATED);
    assert_eq!(socket.next("message").await["content"], "me too");
}

#[tokio::test]
async fn rooms_cannot_be_made_twice_or_badly() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    server.room(&ann, "tea", "private").await;
    let again = server.post("/api/v1/rooms", &ann, &json!({"name": "TEA", "kind": "public"})).await;
    refused(again, 409, "room_exists").await;
    let bad = json!({"name": "a b", "kind": "direct", "topic": "two\nlines"});
    let problem = refused(server.post("/api/v1/rooms", &ann, &bad).await, 422, "invalid").await;
    assert_eq!(problem["errors"].as_array().unwrap().len(), 3);
    let bad = json!({"name": "x".repeat(65), "kind": "public", "topic": "x".repeat(251)});
    let problem = refused(server.post("/api/v1/rooms", &ann, &bad).await, 422, "invalid").await;
    assert!(problem["errors"].as_array().unwrap().iter().all(|fault| fault["code"] == "too_long"));
}

#[tokio::test]
async fn lists_are_paged_to_their_end() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    for name in ["b2", "a1", "c3", "é4", "d5"] {
        server.room(&ann, name, "public").await;
    }
    for (path, expected) in
        [("/api/v1/rooms", ["b2", "a1", "c3", "é4", "d5"]), ("/api/v1/rooms/directory", ["a1", "b2", "c3", "d5", "é4"])]
    {
        let (mut names, mut next) = (Vec::new(), String::new());
        loop {
            let page = server.get(&format!("{path}?limit=2{next}"), &ann).await;
            let items = page["items"].as_array().unwrap();
            assert!(!items.is_empty() && items.len() <= 2);
            names.extend(items.iter().map(|room| room["name"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(names, expected);
    }
    let found = server.get("/api/v1/rooms/directory?query=É&limit=9999", &ann).await;
    assert_eq!(found["items"][0]["name"], "é4");
}

#[tokio::test]
async fn a_list_that_did_not_change_is_not_sent_again() {
    let server = Server::start().await;
    let ann = server.person("ann").await;
    server.room(&ann, "tea", "public").await;
    for path in ["/api/v1/rooms", "/api/v1/rooms/directory", "/api/v1/rooms/tea"] {
        let first = server.request("GET", path, &ann).send().await.unwrap();
        let tag = first.headers()["etag"].clone();
        assert_eq!(first.headers()["cache-control"], "private, no-cache");
        let ask = || server.request("GET", path, &ann).header("if-none-match", tag.clone()).send();
        let same = ask().await.unwrap();
        assert_eq!(same.status(), StatusCode::NOT_MODIFIED, "{path}");
        assert_eq!(same.bytes().await.unwrap().len(), 0);
        server.post("/api/v1/rooms/tea/messages", &ann, &json!({"content": "news"})).await;
        assert_eq!(ask().await.unwrap().status(), StatusCode::OK, "{path}");
    }
}
