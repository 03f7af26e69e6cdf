//! `DELETE /api/v1/messages/{message_id}`.

use axum::Json;
use axum::extract::State;
use domain::usecase::delete_message as delete;
use protocol::MessageDto;

use crate::extract::{Caller, MessagePath};
use crate::problem::Problem;
use crate::state::AppState;

/// Deletes a message and gives the tombstone that stays in its place.
#[utoipa::path(delete, path = "/api/v1/messages/{message_id}", tag = "messages", security(("bearer" = [])),
    params(("message_id" = String, Path, description = "The message's id.")),
    responses(
        (status = 200, description = "The tombstone.", body = MessageDto),
        (status = 403, description = "`forbidden`: somebody else wrote it"),
        (status = 409, description = "`room_archived`"),
))]
pub(super) async fn delete_message(
    State(state): State<AppState>,
    Caller(actor): Caller,
    MessagePath(id): MessagePath,
) -> Result<Json<MessageDto>, Problem> {
    let (room, tombstone) = delete(&state.app.ports, &actor, id).await?;
    Ok(Json(MessageDto::new(&tombstone, &room.label(), Some(actor.user_id))))
}
