//! What operators see, and faults of the store.

use std::sync::Arc;

use async_trait::async_trait;
use domain::model::Epoch;
use domain::port::{Cause, DatasetRepository, RepositoryError};
use http_api::HttpOptions;
use reqwest::StatusCode;

use crate::server::{Server, problem, refused};

/// A store that can't be reached.
struct Unreachable;

#[async_trait]
impl DatasetRepository for Unreachable {
    async fn epoch(&self) -> Result<Epoch, RepositoryError> {
        panic!("a fault of ours with a secret in it")
    }

    async fn check(&self) -> Result<(), RepositoryError> {
        Err(RepositoryError::Unavailable(Cause::new("connection refused by 10.9.8.7")))
    }
}

#[tokio::test]
async fn a_healthy_server_says_so() {
    let server = Server::start().await;
    for path in ["/healthz", "/readyz", "/metrics", "/api/openapi.json"] {
        assert_eq!(server.http.get(server.url(path)).send().await.unwrap().status(), StatusCode::OK, "{path}");
    }
    server.readiness.drain();
    let response = server.http.get(server.url("/readyz")).send().await.unwrap();
    refused(response, 503, "unavailable").await;
    assert_eq!(server.http.get(server.url("/healthz")).send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn faults_inside_are_answered_without_a_word_about_the_inside() {
    let healthy = Server::start().await;
    let ports = domain::Ports { dataset: Arc::new(Unreachable), ..healthy.ports.clone() };
    let server = Server::of(ports, healthy.clock.clone(), HttpOptions::default()).await;
    let response = server.http.get(server.url("/readyz")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let said = problem(response).await;
    assert_eq!((said["code"].as_str(), said["retry_after_ms"].as_u64()), (Some("unavailable"), Some(1000)));
    assert!(!said.to_string().contains("10.9.8.7"));

    let ann = server.person("ann").await;
    server.room(&ann, "general", "public").await;
    let panicked = server.request("GET", "/api/v1/rooms/general/changes", &ann).send().await.unwrap();
    let said = refused(panicked, 500, "internal").await;
    assert!(!said.to_string().contains("secret"));
    server.get("/users/me", &ann).await;
}
