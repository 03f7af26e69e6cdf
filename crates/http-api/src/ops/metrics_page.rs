//! `GET /metrics`.

use axum::extract::State;
use http::{HeaderName, header};

use crate::state::AppState;

/// Gives the metrics in Prometheus' text format.
#[utoipa::path(get, path = "/metrics", tag = "operation",
    responses((status = 200, description = "The metrics.", body = String, content_type = "text/plain")))]
pub(super) async fn metrics_page(State(state): State<AppState>) -> ([(HeaderName, &'static str); 1], String) {
    let content_type = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, content_type)], (state.app.render_metrics)())
}
