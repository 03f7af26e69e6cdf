//! Pages for people: the web app's files and the API's documentation.

mod docs;
mod files;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;

use crate::state::AppState;

/// Gives the routes; none of them is part of the API.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(|| async { Redirect::to("/chat-ui") }))
        .route("/chat-ui", get(files::index))
        .route("/chat-ui/", get(files::index))
        .route("/chat-ui/{*path}", get(files::file))
        .route("/api/openapi.json", get(docs::openapi))
        .route("/api/asyncapi.json", get(docs::asyncapi))
        .route("/docs", get(docs::page))
        .route("/docs/docs.js", get(docs::script))
        .route("/docs/docs.css", get(docs::style))
}
