//! `DELETE /chat/messages/{message_id}`.

use axum::Json;
use axum::extract::State;
use domain::usecase::delete_message as delete;
use protocol::DetailDto;

use crate::extract::{Caller, MessagePath};
use crate::problem::Problem;
use crate::state::AppState;

/// Deletes a message.
#[utoipa::path(delete, path = "/chat/messages/{id}", tag = "seed", operation_id = "seed_delete_message",
    security(("bearer" = [])),
    params(("id" = String, Path, description = "The message's id.")),
    responses(
        (status = 200, description = "It is deleted.", body = DetailDto),
        (status = 403, description = "`forbidden`: somebody else wrote it"),
))]
pub(super) async fn delete_message(
    State(state): State<AppState>,
    Caller(actor): Caller,
    MessagePath(id): MessagePath,
) -> Result<Json<DetailDto>, Problem> {
    delete(&state.app.ports, &actor, id).await?;
    Ok(Json(DetailDto { detail: "Message deleted".to_owned() }))
}
