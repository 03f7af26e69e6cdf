//! `GET /api/v1/messages/{message_id}`.

use axum::Json;
use axum::extract::State;
use domain::usecase::view_message as view;
use protocol::MessageDto;

use crate::extract::{Caller, MessagePath};
use crate::problem::Problem;
use crate::state::AppState;

/// Gives a message or its tombstone.
#[utoipa::path(get, path = "/api/v1/messages/{message_id}", tag = "messages", security(("bearer" = [])),
    params(("message_id" = String, Path, description = "The message's id.")),
    responses((status = 200, description = "The message.", body = MessageDto)))]
pub(super) async fn view_message(
    State(state): State<AppState>,
    Caller(actor): Caller,
    MessagePath(id): MessagePath,
) -> Result<Json<MessageDto>, Problem> {
    let (room, message) = view(&state.app.ports, &actor, id).await?;
    Ok(Json(MessageDto::new(&message, &room.label(), Some(actor.user_id))))
}
