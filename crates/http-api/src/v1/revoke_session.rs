//! `DELETE /api/v1/sessions/{session_id}`.

use axum::extract::State;
use domain::usecase::revoke_session as revoke;
use http::StatusCode;

use crate::extract::{Caller, SessionPath};
use crate::problem::Problem;
use crate::state::AppState;

/// Ends one of the caller's sessions and closes its sockets.
#[utoipa::path(delete, path = "/api/v1/sessions/{session_id}", tag = "sessions", security(("bearer" = [])),
    params(("session_id" = String, Path, description = "The session's id.")),
    responses((status = 204, description = "The session has ended.")))]
pub(super) async fn revoke_session(
    State(state): State<AppState>,
    Caller(actor): Caller,
    SessionPath(id): SessionPath,
) -> Result<StatusCode, Problem> {
    revoke(&state.app.ports, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
