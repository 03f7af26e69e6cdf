//! `PUT /api/v1/messages/{message_id}/pin`.

use axum::Json;
use axum::extract::State;
use domain::usecase::pin_message as change;
use protocol::MessageDto;

use crate::extract::{Caller, MessagePath};
use crate::problem::Problem;
use crate::state::AppState;

/// Pins a message. Doing it again changes nothing.
#[utoipa::path(put, path = "/api/v1/messages/{message_id}/pin", tag = "messages", security(("bearer" = [])),
    params(("message_id" = String, Path, description = "The message's id.")),
    responses(
        (status = 200, description = "The message.", body = MessageDto),
        (status = 403, description = "`forbidden` by role, or `not_a_member`"),
        (status = 409, description = "`room_archived`"),
))]
pub(super) async fn pin_message(
    State(state): State<AppState>,
    Caller(actor): Caller,
    MessagePath(id): MessagePath,
) -> Result<Json<MessageDto>, Problem> {
    let (room, message) = change(&state.app.ports, &actor, id).await?;
    Ok(Json(MessageDto::new(&message, &room.label(), Some(actor.user_id))))
}
