//! The documents that describe the API, and a page that shows them without anything from elsewhere.

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::HeaderMap;

use crate::answer::{entity_tag, if_changed};
use crate::router::Document;
use crate::state::AppState;

const PAGE: &str = include_str!("../../assets/docs.html");
const SCRIPT: &str = include_str!("../../assets/docs.js");
const STYLE: &str = include_str!("../../assets/docs.css");

/// Gives the OpenAPI document.
pub(super) async fn openapi(State(state): State<AppState>, headers: HeaderMap) -> Response {
    document(&headers, &state.documents.openapi)
}

/// Gives the AsyncAPI document.
pub(super) async fn asyncapi(State(state): State<AppState>, headers: HeaderMap) -> Response {
    document(&headers, &state.documents.asyncapi)
}

fn document(headers: &HeaderMap, document: &Document) -> Response {
    if_changed(headers, &document.tag, "application/json", document.text.clone())
}

/// Gives the page.
pub(super) async fn page(headers: HeaderMap) -> Response {
    asset(&headers, "text/html; charset=utf-8", PAGE)
}

/// Gives the page's script.
pub(super) async fn script(headers: HeaderMap) -> Response {
    asset(&headers, "text/javascript; charset=utf-8", SCRIPT)
}

/// Gives the page's style.
pub(super) async fn style(headers: HeaderMap) -> Response {
    asset(&headers, "text/css; charset=utf-8", STYLE)
}

fn asset(headers: &HeaderMap, content_type: &str, text: &'static str) -> Response {
    if_changed(headers, &entity_tag(text.as_bytes()), content_type, Bytes::from_static(text.as_bytes()))
}
