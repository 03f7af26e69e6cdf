//! The OpenAPI document against the server that serves it.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::server::{Person, Server, problem};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                found.push((path.clone(), method.to_uppercase(), operation.clone()));
            }
        }
    }
    found
}

#[tokio::test]
async fn the_document_lists_every_route_of_the_contract() {
    let document: Value = serde_json::from_str(&http_api::openapi_json()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let listed: Vec<_> =
        operations(&document).into_iter().map(|(path, method, _)| format!("{method} {path}")).collect();
    for route in include_str!("routes.txt").lines() {
        assert!(listed.contains(&route.to_owned()), "{route} is not in the document");
    }
    assert_eq!(listed.len(), include_str!("routes.txt").lines().count(), "{listed:#?}");
}

#[tokio::test]
async fn every_reference_in_the_document_leads_somewhere() {
    let text = http_api::openapi_json();
    let document: Value = serde_json::from_str(&text).unwrap();
    for part in text.split("\"$ref\"").skip(1) {
        let reference = part.split('"').nth(1).unwrap();
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
    let codes = document["components"]["schemas"]["ProblemDto"]["properties"]["code"]["enum"].as_array().unwrap();
    assert_eq!(codes.len(), domain::ErrorCode::ALL.len());
}

#[tokio::test]
async fn every_route_answers_strangers_and_members_with_what_the_document_lists() {
    let server = Server::start().await;
    let document: Value = server.http.get(server.url("/api/openapi.json")).send().await.unwrap().json().await.unwrap();
    let ann = server.person("ann").await;
    server.room(&ann, "general", "public").await;
    let said = server.post("/api/v1/rooms/general/messages", &ann, &json!({"content": "x"})).await;
    let message: Value = said.json().await.unwrap();
    let message = message["_id"].as_str().unwrap().to_owned();
    let stranger = Person { id: String::new(), token: "nonsense".to_owned() };
    for (template, method, operation) in operations(&document) {
        let responses = operation["responses"].as_object().unwrap();
        let known = [
            ("{room}", "general"),
            ("{message_id}", &message),
            ("{session_id}", "00000000000000000000000a"),
            ("{user}", &ann.id),
            ("{emoji}", "%F0%9F%91%8D"),
        ];
        let unknown =
            [("{room}", "nowhere"), ("{message_id}", "x"), ("{session_id}", "x"), ("{user}", "x"), ("{emoji}", "a.b$")];
        for (person, parts) in [(&stranger, &known), (&ann, &unknown), (&ann, &known)] {
            let ends_the_session = template.ends_with("/sessions/current") && person.token == ann.token;
            if ends_the_session {
                continue;
            }
            // The one path whose part is a room or a message, by method.
            let template = template.replace("{id}", if method == "GET" { "{room}" } else { "{message_id}" });
            let path = parts.iter().fold(template.clone(), |path, (name, value)| path.replace(name, value));
            for body in [None, Some("{"), Some("{}"), Some("{\"content\":\"x\"}")] {
                let mut request = server.request(&method, &path, person);
                if let Some(body) = body {
                    request = request.header("content-type", "application/json").body(body);
                }
                let response = request.send().await.unwrap();
                let status = response.status();
                let route = format!("{method} {path} {body:?}: {status}");
                assert!(responses.contains_key(status.as_str()), "{route} is not listed");
                assert!(!status.is_server_error(), "{route}");
                let needs_token =
                    operation.get("security").is_some_and(|security| !security.to_string().contains("refresh"));
                let is_socket = template.contains("/ws/") || template.ends_with("/gateway");
                if needs_token && person.token == stranger.token && !is_socket {
                    assert_eq!(status, StatusCode::UNAUTHORIZED, "{route}");
                }
                if status.is_client_error() {
                    assert!(responses[status.as_str()]["content"]["application/problem+json"].is_object(), "{route}");
                    problem(response).await;
                }
            }
        }
    }
}
