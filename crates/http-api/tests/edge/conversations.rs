//! Editing, reacting, pinning, threads, read positions and choices over REST.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::gateway_commands::scene;
use crate::server::{Person, Server, refused};

async fn post(server: &Server, person: &Person, body: Value) -> Value {
    let response = server.post("/api/v1/rooms/general/messages", person, &body).await;
    assert_eq!(response.status(), StatusCode::CREATED, "{body}");
    response.json().await.unwrap()
}

/// Makes a request that has to succeed with 200, and gives the answer.
async fn done(server: &Server, person: &Person, method: &str, path: &str, body: Option<Value>) -> Value {
    let request = server.request(method, path, person);
    let request = match body {
        Some(body) => request.json(&body),
        None => request,
    };
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{method} {path}");
    response.json().await.unwrap()
}

fn path_of(message: &Value, rest: &str) -> String {
    format!("/api/v1/messages/{}{rest}", message["_id"].as_str().unwrap())
}

#[tokio::test]
async fn an_edit_keeps_the_text_before_and_a_late_one_gets_the_present_text() {
    let (server, ann, bob) = scene().await;
    let message = post(&server, &ann, json!({"content": "one"})).await;
    let path = path_of(&message, "");
    let edited = done(&server, &ann, "PATCH", &path, Some(json!({"content": "two", "version": 1}))).await;
    assert_eq!((&edited["content"], &edited["version"]), (&json!("two"), &json!(2)));
    let again = done(&server, &ann, "PATCH", &path, Some(json!({"content": "two", "version": 1}))).await;
    assert_eq!(again["rev"], edited["rev"], "the same edit again changes nothing");
    let late = server.request("PATCH", &path, &ann).json(&json!({"content": "three", "version": 1}));
    let problem = refused(late.send().await.unwrap(), 409, "version_mismatch").await;
    assert_eq!(problem["current"]["content"], "two");
    let versions = server.get(&path_of(&message, "/versions"), &bob).await;
    let texts: Vec<_> =
        versions["items"].as_array().unwrap().iter().map(|version| version["content"].clone()).collect();
    assert_eq!(texts, ["one", "two"]);
    let others = server.request("PATCH", &path, &bob).json(&json!({"content": "mine", "version": 2}));
    refused(others.send().await.unwrap(), 403, "forbidden").await;
    for body in [json!({}), json!({"content": "", "version": 0}), json!({"content": 5, "version": "1"})] {
        let response = server.request("PATCH", &path, &ann).json(&body).send().await.unwrap();
        assert_eq!(refused(response, 422, "invalid").await["errors"].as_array().unwrap().len(), 2, "{body}");
    }
}

#[tokio::test]
async fn messages_can_only_be_edited_within_the_window_of_their_room() {
    let (server, ann, bob) = scene().await;
    let message = post(&server, &ann, json!({"content": "one"})).await;
    let room = "/api/v1/rooms/general";
    let change = json!({"edit_window_seconds": 60});
    refused(server.request("PATCH", room, &bob).json(&change).send().await.unwrap(), 403, "forbidden").await;
    assert_eq!(done(&server, &ann, "PATCH", room, Some(change)).await["edit_window_seconds"], 60);
    assert_eq!(done(&server, &ann, "PATCH", room, Some(json!({}))).await["edit_window_seconds"], 60);
    server.clock.advance(std::time::Duration::from_secs(61));
    let late = server.request("PATCH", &path_of(&message, ""), &ann).json(&json!({"content": "two", "version": 1}));
    refused(late.send().await.unwrap(), 409, "edit_window_closed").await;
    let cleared = done(&server, &ann, "PATCH", room, Some(json!({"edit_window_seconds": null}))).await;
    assert_eq!(cleared.get("edit_window_seconds"), None);
    done(&server, &ann, "PATCH", &path_of(&message, ""), Some(json!({"content": "two", "version": 1}))).await;
    for bad in [json!(-1), json!("60"), json!(31_536_001), json!(1.5)] {
        let response =
            server.request("PATCH", room, &ann).json(&json!({"edit_window_seconds": bad})).send().await.unwrap();
        refused(response, 422, "invalid").await;
    }
}

#[tokio::test]
async fn reactions_are_sets_of_emoji() {
    let (server, ann, bob) = scene().await;
    let message = post(&server, &ann, json!({"content": "one"})).await;
    let thumb = path_of(&message, "/reactions/%F0%9F%91%8D");
    for _ in 0..2 {
        let reacted = done(&server, &bob, "PUT", &thumb, None).await;
        assert_eq!(reacted["reactions"], json!([{"emoji": "👍", "count": 1, "user_ids": [bob.id], "me": true}]));
    }
    // An emoji without its variation selector is the same emoji.
    done(&server, &ann, "PUT", &path_of(&message, "/reactions/%E2%9D%A4"), None).await;
    let hearts = done(&server, &bob, "PUT", &path_of(&message, "/reactions/%E2%9D%A4%EF%B8%8F"), None).await;
    assert_eq!(hearts["reactions"][1]["count"], 2);
    for _ in 0..2 {
        let left = done(&server, &bob, "DELETE", &thumb, None).await;
        assert_eq!(left["reactions"].as_array().unwrap().len(), 1);
    }
    for emoji in ["a.b$c", "$set", "a%2Eb", "%F0%9F%91%8D%F0%9F%91%8D", "x", "%00"] {
        let response =
            server.request("PUT", &path_of(&message, &format!("/reactions/{emoji}")), &ann).send().await.unwrap();
        let problem = refused(response, 422, "invalid").await;
        assert_eq!(problem["errors"][0]["pointer"], "{emoji}");
    }
}

#[tokio::test]
async fn pins_are_listed_newest_first_and_only_moderators_pin() {
    let (server, ann, bob) = scene().await;
    let mut messages = Vec::new();
    for number in 1..=3 {
        messages.push(post(&server, &bob, json!({"content": number.to_string()})).await);
    }
    refused(server.request("PUT", &path_of(&messages[0], "/pin"), &bob).send().await.unwrap(), 403, "forbidden").await;
    for message in &messages {
        assert!(done(&server, &ann, "PUT", &path_of(message, "/pin"), None).await["pinned_at"].is_string());
    }
    let page = server.get("/api/v1/rooms/general/pins?limit=2", &bob).await;
    let seqs: Vec<_> =
        page["items"].as_array().unwrap().iter().map(|message| message["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, [3, 2]);
    let rest = server.get(&format!("/api/v1/rooms/general/pins?cursor={}", page["next"].as_str().unwrap()), &bob).await;
    assert_eq!((rest["items"][0]["seq"].as_u64(), &rest["next"]), (Some(1), &Value::Null));
    assert_eq!(done(&server, &ann, "DELETE", &path_of(&messages[0], "/pin"), None).await.get("pinned_at"), None);
    assert_eq!(server.get("/api/v1/rooms/general/pins", &bob).await["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn replies_quote_and_threads_collect() {
    let (server, ann, bob) = scene().await;
    let root = post(&server, &ann, json!({"content": "Where\nis the tea?"})).await;
    let quoting = post(&server, &bob, json!({"content": "here", "reply_to": root["_id"]})).await;
    assert_eq!(quoting["reply_to"]["excerpt"], "Where is the tea?");
    let mut inside = Vec::new();
    for (number, begun_by) in [&root, &root, &quoting].iter().enumerate() {
        inside.push(post(&server, &bob, json!({"content": number.to_string(), "thread": begun_by["_id"]})).await);
    }
    assert_eq!(inside[0]["thread"]["root"], root["_id"]);
    let thread = server.get(&path_of(&inside[1], "/thread?limit=1"), &ann).await;
    assert_eq!((&thread["root"]["_id"], &thread["replies"], &thread["more"]), (&root["_id"], &json!(2), &json!(true)));
    let rest = server.get(&path_of(&root, &format!("/thread?after={}", thread["items"][0]["seq"])), &ann).await;
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["following"]), (1, &json!(true)));
    for (method, following) in [("DELETE", false), ("DELETE", false), ("PUT", true)] {
        let response = server.request(method, &path_of(&root, "/thread/follow"), &ann).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        assert_eq!(server.get(&path_of(&root, "/thread"), &ann).await["following"], following);
    }
    let elsewhere = json!({"content": "x", "reply_to": "0".repeat(24), "thread": "0".repeat(24)});
    refused(server.post("/api/v1/rooms/general/messages", &ann, &elsewhere).await, 404, "not_found").await;
    let bad = json!({"content": "x", "reply_to": "x", "thread": 5});
    let problem = refused(server.post("/api/v1/rooms/general/messages", &ann, &bad).await, 422, "invalid").await;
    assert_eq!(problem["errors"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn read_positions_go_forward_and_who_has_read_is_told_to_those_who_tell() {
    let (server, ann, bob) = scene().await;
    let message = post(&server, &ann, json!({"content": "one @bob"})).await;
    let marker = "/api/v1/rooms/general/marker";
    let room = server.get("/api/v1/rooms/general", &bob).await;
    assert_eq!((&room["unread"], &room["mentions"], &room["read_seq"]), (&json!(1), &json!(1), &json!(0)));
    let marked = done(&server, &bob, "PUT", marker, Some(json!({"seq": 1}))).await;
    assert_eq!(marked, json!({"room_id": room["_id"], "read_seq": 1, "unread": 0, "mentions": 0}));
    let readers = server.get(&path_of(&message, "/readers"), &ann).await;
    assert_eq!(readers["items"], json!([{"user_id": bob.id, "read_seq": 1}]));
    assert_eq!(done(&server, &bob, "PUT", marker, Some(json!({"seq": 0}))).await["read_seq"], 1);
    assert_eq!(done(&server, &bob, "PUT", marker, Some(json!({"seq": 0, "unread": true}))).await["unread"], 1);
    for bad in [json!({}), json!({"seq": 2}), json!({"seq": -1}), json!({"seq": "1"}), json!({"seq": 1, "unread": 1})] {
        refused(server.request("PUT", marker, &bob).json(&bad).send().await.unwrap(), 422, "invalid").await;
    }
    let nothing = json!({"privacy": {"typing": true, "receipts": false, "presence": true}});
    let me = done(&server, &bob, "PATCH", "/api/v1/users/me", Some(nothing)).await;
    assert_eq!(me["privacy"]["receipts"], false);
    assert_eq!(server.get("/api/v1/users/me", &bob).await, me);
    done(&server, &bob, "PUT", marker, Some(json!({"seq": 1}))).await;
    assert_eq!(server.get(&path_of(&message, "/readers"), &ann).await["items"], json!([]));
}

#[tokio::test]
async fn who_has_read_is_not_told_in_large_rooms() {
    let (server, ann, _) = scene().await;
    let message = post(&server, &ann, json!({"content": "one"})).await;
    let room_id = message["room_id"].as_str().unwrap().parse().unwrap();
    for number in 0..200 {
        let person = server.person(&format!("reader{number}")).await;
        let membership = domain::model::Membership {
            room_id,
            user_id: person.id.parse().unwrap(),
            role: domain::model::Role::Member,
            joined_at: server.ports.clock.now(),
        };
        server.ports.memberships.join(membership).await.unwrap();
    }
    let response = server.request("GET", &path_of(&message, "/readers"), &ann).send().await.unwrap();
    let problem = refused(response, 422, "too_many").await;
    assert!(problem["detail"].as_str().unwrap().contains("200"));
}

#[tokio::test]
async fn choices_about_oneself_are_kept_and_others_see_only_the_name() {
    let (server, ann, bob) = scene().await;
    let presence = "/api/v1/users/me/presence";
    assert_eq!(server.get(presence, &ann).await, json!({"status": "online"}));
    let chosen = json!({"status": "dnd", "text": "Out for tea", "until": "2999-01-01T00:00:00.000Z"});
    assert_eq!(done(&server, &ann, "PUT", presence, Some(chosen.clone())).await, chosen);
    assert_eq!(server.get(presence, &ann).await, chosen);
    let bad = json!({"status": "dead", "text": "\n", "until": "soon"});
    let response = server.request("PUT", presence, &ann).json(&bad).send().await.unwrap();
    assert_eq!(refused(response, 422, "invalid").await["errors"].as_array().unwrap().len(), 3);
    for bad in [
        json!({"privacy": 5}),
        json!({"privacy": {"typing": true}}),
        json!({"privacy": {"typing": 1, "receipts": true, "presence": true}}),
    ] {
        refused(server.request("PATCH", "/api/v1/users/me", &ann).json(&bad).send().await.unwrap(), 422, "invalid")
            .await;
    }
    let seen = server.get(&format!("/api/v1/users/{}", ann.id), &bob).await;
    assert_eq!(seen, json!({"_id": ann.id, "username": "ann"}));
    for nobody in ["ann", "0", "000000000000000000000000"] {
        let response = server.request("GET", &format!("/api/v1/users/{nobody}"), &bob).send().await.unwrap();
        refused(response, 404, "not_found").await;
    }
    assert_eq!(server.get("/users/me", &ann).await.get("privacy"), None, "the seed's answer stays as it was");
}
