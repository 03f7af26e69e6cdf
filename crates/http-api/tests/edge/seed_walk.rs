//! A client written from the description of the original application.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::server::{PASSWORD, Person, Server, refused};

#[tokio::test]
async fn a_client_of_the_original_application_works_unchanged() {
    let server = Server::start().await;
    let owner = server.person("owner").await;
    server.room(&owner, "general", "public").await;

    let mut people = Vec::new();
    for (path, name) in [("/users/", "ann"), ("/users", "Bob")] {
        let body = json!({"username": name, "password": PASSWORD, "email": "a@example.org", "full_name": "ignored"});
        let response = server.http.post(server.url(path)).json(&body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
        let user: Value = response.json().await.unwrap();
        assert_eq!(user["username"], name);
        assert_eq!(user["disabled"], false);
        assert_eq!(user["email"], "a@example.org");
        assert!(user["created_at"].as_str().unwrap().ends_with('Z'));

        let form = [("username", name), ("password", PASSWORD), ("grant_type", "password"), ("scope", "")];
        let response = server.http.post(server.url("/token")).form(&form).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let token: Value = response.json().await.unwrap();
        assert_eq!((token["token_type"].as_str(), token["expires_in"].as_u64()), (Some("bearer"), Some(3600)));
        let person = Person {
            id: user["_id"].as_str().unwrap().to_owned(),
            token: token["access_token"].as_str().unwrap().to_owned(),
        };
        assert_eq!(server.get("/users/me", &person).await, user);
        people.push(person);
    }
    let (ann, bob) = (&people[0], &people[1]);

    let mut anns = server.connect("general", ann).await;
    let mut bobs =
        server.try_connect("/chat/ws/general", &[("authorization", &format!("bearer {}", bob.token))]).await.unwrap();
    let joined = anns.next("user_joined").await;
    let joined = if joined["user_id"] == bob.id.as_str() { joined } else { anns.next("user_joined").await };
    assert_eq!(joined["username"], "Bob");
    assert_eq!(joined["room"], "general");

    anns.say("Hello, Bob").await;
    let own = anns.next("message").await;
    let seen = bobs.next("message").await;
    assert_eq!(own, seen);
    assert_eq!(seen["content"], "Hello, Bob");
    assert_eq!(seen["user_id"], ann.id.as_str());
    let keys = ["_id", "user_id", "username", "content", "room", "created_at"];
    assert!(keys.iter().all(|key| seen[*key].is_string()));
    bobs.say("Hello, Ann").await;
    anns.next("message").await;

    let history = server.get("/chat/messages/general", bob).await;
    let texts: Vec<_> = history.as_array().unwrap().iter().map(|message| message["content"].clone()).collect();
    assert_eq!(texts, ["Hello, Bob", "Hello, Ann"]);
    let latest = server.get("/chat/messages/general?limit=1", bob).await;
    assert_eq!(latest[0]["content"], "Hello, Ann");
    let before = format!("/chat/messages/general?limit=500&before={}", latest[0]["seq"]);
    assert_eq!(server.get(&before, bob).await.as_array().unwrap().len(), 1);

    let path = format!("/chat/messages/{}", seen["_id"].as_str().unwrap());
    refused(server.request("DELETE", &path, bob).send().await.unwrap(), 403, "forbidden").await;
    let deleted = server.request("DELETE", &path, ann).send().await.unwrap();
    assert_eq!(deleted.status(), StatusCode::OK);
    assert_eq!(deleted.json::<Value>().await.unwrap(), json!({"detail": "Message deleted"}));
    let frame = bobs.next("message_deleted").await;
    assert_eq!(frame, json!({"type": "message_deleted", "_id": seen["_id"], "room": "general"}));
    refused(server.request("DELETE", &path, ann).send().await.unwrap(), 404, "not_found").await;
    assert_eq!(server.get("/chat/messages/general", ann).await.as_array().unwrap().len(), 1);

    drop(bobs);
    let left = anns.next("user_left").await;
    assert_eq!((left["username"].as_str(), left["room"].as_str()), (Some("Bob"), Some("general")));
}

#[tokio::test]
async fn wrong_credentials_are_answered_alike_whatever_is_wrong() {
    let server = Server::start().await;
    server.person("ann").await;
    server.person("shut").await;
    domain::usecase::disable_user(&server.ports, &domain::model::Username::parse("shut").unwrap()).await.unwrap();
    let mut answers = Vec::new();
    for (name, password) in [("nobody", PASSWORD), ("ann", "wrong"), ("shut", PASSWORD), ("a b", ""), ("", PASSWORD)] {
        let form = [("username", name), ("password", password)];
        let response = server.http.post(server.url("/token")).form(&form).send().await.unwrap();
        let mut problem = refused(response, 401, "bad_credentials").await;
        problem["request_id"].take();
        answers.push(problem);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
}

#[tokio::test]
async fn a_name_that_looks_like_a_taken_one_is_taken() {
    let server = Server::start().await;
    server.person("alice").await;
    for name in ["alice", "ALICE", "аlice"] {
        let body = json!({"username": name, "password": PASSWORD});
        let response = server.http.post(server.url("/users/")).json(&body).send().await.unwrap();
        refused(response, 409, "username_taken").await;
    }
}
