//! Posting, paging and catching up over REST.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::server::{Person, Server, refused};

async fn room(server: &Server) -> Person {
    let ann = server.person("ann").await;
    server.room(&ann, "general", "public").await;
    ann
}

async fn post(server: &Server, person: &Person, content: &str) -> Value {
    let response = server.post("/api/v1/rooms/general/messages", person, &json!({"content": content})).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    response.json().await.unwrap()
}

fn seqs(page: &Value) -> Vec<u64> {
    page["items"].as_array().unwrap().iter().map(|message| message["seq"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn the_same_nonce_makes_one_message_over_rest_and_socket() {
    let server = Server::start().await;
    let ann = room(&server).await;
    let bob = server.person("bob").await;
    let path = "/api/v1/rooms/general/messages";
    let mut bobs = server.connect("general", &bob).await;
    let mut anns = server.connect("general", &ann).await;
    let body = json!({"content": "once", "nonce": "n-1"});
    let first = server.post(path, &ann, &body).await;
    assert_eq!(first.status(), StatusCode::CREATED);
    let first: Value = first.json().await.unwrap();
    assert_eq!((&first["nonce"], first.get("duplicate")), (&json!("n-1"), None));
    let again = server.post(path, &ann, &body).await;
    assert_eq!(again.status(), StatusCode::OK);
    let again: Value = again.json().await.unwrap();
    assert_eq!((&again["_id"], &again["duplicate"]), (&first["_id"], &json!(true)));
    let keyed =
        server.request("POST", path, &ann).header("idempotency-key", "\"n-1\"").json(&json!({"content": "once"}));
    assert_eq!(keyed.send().await.unwrap().json::<Value>().await.unwrap()["_id"], first["_id"]);
    let other = json!({"content": "other", "nonce": "n-1"});
    refused(server.post(path, &ann, &other).await, 409, "nonce_reused").await;

    assert_eq!(anns.next("message").await["nonce"], "n-1");
    anns.send(&body.to_string()).await;
    assert_eq!(anns.next("message").await["_id"], first["_id"]);
    anns.send(&other.to_string()).await;
    assert_eq!(anns.next("error").await["code"], "nonce_reused");
    let seen = bobs.next("message").await;
    assert_eq!((&seen["_id"], seen.get("nonce")), (&first["_id"], None));
    anns.say("next").await;
    assert_eq!(bobs.next("message").await["content"], "next");
    assert_eq!(server.get(path, &ann).await["head_seq"], 2);
}

#[tokio::test]
async fn faults_of_a_message_are_told_at_once_and_spend_no_nonce() {
    let server = Server::start().await;
    let ann = room(&server).await;
    let path = "/api/v1/rooms/general/messages";
    let bad = json!({"content": " \n", "nonce": "not a nonce"});
    let problem = refused(server.post(path, &ann, &bad).await, 422, "invalid").await;
    assert_eq!(problem["errors"].as_array().unwrap().len(), 2);
    let long = json!({"content": "x".repeat(4001), "nonce": "n"});
    let problem = refused(server.post(path, &ann, &long).await, 422, "invalid").await;
    assert_eq!(problem["errors"][0]["code"], "too_long");
    let keyed = server.request("POST", path, &ann).header("idempotency-key", "a b").json(&json!({"content": "x"}));
    let problem = refused(keyed.send().await.unwrap(), 422, "invalid").await;
    assert_eq!(problem["errors"][0]["pointer"], "Idempotency-Key");
    let good = json!({"content": "x", "nonce": "n"});
    assert_eq!(server.post(path, &ann, &good).await.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn history_is_paged_in_both_directions_with_tombstones_in_place() {
    let server = Server::start().await;
    let ann = room(&server).await;
    let mut last = Value::Null;
    for number in 1..=7 {
        last = post(&server, &ann, &format!("message {number}")).await;
    }
    let path = format!("/api/v1/messages/{}", last["_id"].as_str().unwrap());
    let tombstone: Value = server.request("DELETE", &path, &ann).send().await.unwrap().json().await.unwrap();
    assert_eq!((&tombstone["deleted"], tombstone.get("content")), (&json!(true), None));
    assert_eq!(server.get(&path, &ann).await, tombstone);

    let page = async |query: &str| server.get(&format!("/api/v1/rooms/general/messages?{query}"), &ann).await;
    let newest = page("limit=3").await;
    assert_eq!(seqs(&newest), [5, 6, 7]);
    assert_eq!((&newest["head_seq"], &newest["head_rev"]), (&json!(7), &json!(8)));
    assert_eq!((&newest["has_before"], &newest["has_after"]), (&json!(true), &json!(false)));
    assert_eq!(seqs(&page("limit=3&before=5").await), [2, 3, 4]);
    assert_eq!(seqs(&page("limit=3&before=2").await), [1]);
    assert_eq!(seqs(&page("limit=2&after=3").await), [4, 5]);
    assert_eq!(seqs(&page("limit=3&around=4").await), [3, 4, 5]);
    assert_eq!(seqs(&page("before=1").await), [0_u64; 0]);
}

#[tokio::test]
async fn changes_give_each_message_once_as_it_is_now() {
    let server = Server::start().await;
    let ann = room(&server).await;
    let first = post(&server, &ann, "one").await;
    for text in ["two", "three"] {
        post(&server, &ann, text).await;
    }
    let path = format!("/api/v1/messages/{}", first["_id"].as_str().unwrap());
    server.request("DELETE", &path, &ann).send().await.unwrap();
    let changes = async |query: &str| server.get(&format!("/api/v1/rooms/general/changes?{query}"), &ann).await;
    let all = changes("").await;
    let revs: Vec<_> =
        all["items"].as_array().unwrap().iter().map(|message| message["rev"].as_u64().unwrap()).collect();
    assert_eq!(revs, [2, 3, 4]);
    assert_eq!(all["items"][2]["deleted"], true);
    assert_eq!((&all["head_rev"], &all["more"]), (&json!(4), &json!(false)));
    assert!(!all["epoch"].as_str().unwrap().is_empty());
    let part = changes("after=2&limit=1").await;
    assert_eq!((&part["items"][0]["rev"], &part["more"]), (&json!(3), &json!(true)));
}
