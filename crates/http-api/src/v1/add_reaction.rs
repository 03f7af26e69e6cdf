//! `PUT /api/v1/messages/{message_id}/reactions/{emoji}`.

use axum::Json;
use axum::extract::State;
use domain::usecase::react as change;
use protocol::MessageDto;

use crate::extract::{Caller, EmojiPath, MessagePath};
use crate::problem::Problem;
use crate::state::AppState;

/// Reacts to a message. Doing it again changes nothing.
#[utoipa::path(put, path = "/api/v1/messages/{message_id}/reactions/{emoji}", tag = "messages", security(("bearer" = [])),
    params(
        ("message_id" = String, Path, description = "The message's id."),
        ("emoji" = String, Path, description = "Exactly one emoji, percent-encoded."),
    ),
    responses(
        (status = 200, description = "The message.", body = MessageDto),
        (status = 403, description = "`not_a_member`"),
        (status = 409, description = "`room_archived`"),
))]
pub(super) async fn add_reaction(
    State(state): State<AppState>,
    Caller(actor): Caller,
    MessagePath(id): MessagePath,
    EmojiPath(emoji): EmojiPath,
) -> Result<Json<MessageDto>, Problem> {
    let (room, message) = change(&state.app.ports, &actor, id, emoji).await?;
    Ok(Json(MessageDto::new(&message, &room.label(), Some(actor.user_id))))
}
