//! `PATCH /api/v1/messages/{message_id}`.

use axum::Json;
use axum::extract::State;
use domain::UseCaseError;
use domain::model::{Actor, MessageBody, Version};
use domain::usecase::{EditMessage, MessageError, edit_message as edit};
use protocol::{EditMessageDto, MessageDto};

use crate::extract::{Caller, JsonBody, MessagePath};
use crate::problem::Problem;
use crate::state::AppState;

/// Replaces the text of one of the caller's own messages; the old one is kept as a version. Sending the same edit
/// again succeeds.
#[utoipa::path(patch, path = "/api/v1/messages/{message_id}", tag = "messages", security(("bearer" = [])),
    request_body = EditMessageDto,
    params(("message_id" = String, Path, description = "The message's id.")),
    responses(
        (status = 200, description = "The message.", body = MessageDto),
        (status = 403, description = "`forbidden`: somebody else wrote it; `not_a_member`"),
        (status = 409, description = "`version_mismatch`: `current` has the message as it is now; \
            `edit_window_closed`; `room_archived`"),
))]
pub(super) async fn edit_message(
    State(state): State<AppState>,
    Caller(actor): Caller,
    MessagePath(id): MessagePath,
    JsonBody(mut fields): JsonBody,
) -> Result<Json<MessageDto>, Problem> {
    let body = fields.required("content", |text| MessageBody::parse(text));
    let seen = fields.required_integer("version", Version::new);
    let (body, seen) = fields.finish(body.zip(seen))?;
    let edited = edit(&state.app.ports, &actor, EditMessage { id, body, seen }).await;
    let (room, message) = edited.map_err(|error| refused(error, &actor))?;
    Ok(Json(MessageDto::new(&message, &room.label(), Some(actor.user_id))))
}

/// Gives the editor the present text where theirs was replaced meanwhile.
fn refused(error: MessageError, actor: &Actor) -> Problem {
    if let MessageError::VersionMismatch(current) = &error {
        let (room, message) = current.as_ref();
        let current = MessageDto::new(message, &room.label(), Some(actor.user_id));
        return Problem::new(error.kind(), error.code(), error.to_string()).with_current(current);
    }
    error.into()
}
