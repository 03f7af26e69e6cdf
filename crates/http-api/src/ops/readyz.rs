//! `GET /readyz`.

use std::time::Duration;

use axum::extract::State;
use domain::{ErrorCode, ErrorKind};

use crate::problem::Problem;
use crate::state::AppState;

/// How long a check may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Tells whether this node should get traffic.
#[utoipa::path(get, path = "/readyz", tag = "operation", responses(
    (status = 200, description = "It is ready."),
    (status = 503, description = "`unavailable`: it is stopping, or something it needs isn't there"),
))]
pub(super) async fn readyz(State(state): State<AppState>) -> Result<&'static str, Problem> {
    if state.app.readiness.is_draining() {
        return Err(not_ready("the server is stopping", "draining"));
    }
    let store = tokio::time::timeout(PATIENCE, state.app.ports.dataset.check()).await;
    store.map_err(|_| not_ready("the store doesn't answer", "the store's check took too long"))??;
    for (name, check) in state.app.readiness.checks() {
        let outcome = tokio::time::timeout(PATIENCE, check).await;
        let failure = outcome.unwrap_or_else(|_| Err("the check took too long".to_owned())).err();
        if let Some(cause) = failure {
            return Err(not_ready(format!("{name} isn't ready"), &cause));
        }
    }
    Ok("ready\n")
}

fn not_ready(detail: impl Into<String>, cause: &str) -> Problem {
    Problem::new(ErrorKind::Unavailable, ErrorCode::Unavailable, detail.into()).with_cause(cause)
}
