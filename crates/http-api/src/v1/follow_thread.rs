//! `PUT /api/v1/messages/{message_id}/thread/follow`.

use axum::extract::State;
use domain::usecase::follow_thread as follow;
use http::StatusCode;

use crate::extract::{Caller, MessagePath};
use crate::problem::Problem;
use crate::state::AppState;

/// Follows a thread. Any message of it names it. Doing it again changes nothing.
#[utoipa::path(put, path = "/api/v1/messages/{message_id}/thread/follow", tag = "messages",
    security(("bearer" = [])),
    params(("message_id" = String, Path, description = "The id of a message of the thread.")),
    responses(
        (status = 204, description = "The caller follows it."),
        (status = 403, description = "`not_a_member`"),
))]
pub(super) async fn follow_thread(
    State(state): State<AppState>,
    Caller(actor): Caller,
    MessagePath(id): MessagePath,
) -> Result<StatusCode, Problem> {
    follow(&state.app.ports, &actor, id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}
