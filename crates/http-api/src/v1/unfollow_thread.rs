//! `DELETE /api/v1/messages/{message_id}/thread/follow`.

use axum::extract::State;
use domain::usecase::follow_thread as follow;
use http::StatusCode;

use crate::extract::{Caller, MessagePath};
use crate::problem::Problem;
use crate::state::AppState;

/// Stops following a thread. Any message of it names it. Doing it again changes nothing.
#[utoipa::path(delete, path = "/api/v1/messages/{message_id}/thread/follow", tag = "messages",
    security(("bearer" = [])),
    params(("message_id" = String, Path, description = "The id of a message of the thread.")),
    responses(
        (status = 204, description = "The caller doesn't follow it."),
        (status = 403, description = "`not_a_member`"),
))]
pub(super) async fn unfollow_thread(
    State(state): State<AppState>,
    Caller(actor): Caller,
    MessagePath(id): MessagePath,
) -> Result<StatusCode, Problem> {
    follow(&state.app.ports, &actor, id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}
