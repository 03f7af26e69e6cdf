//! `GET /chat/messages/{room}`. The part is called `id`, because a path has one name for it and `DELETE` takes a
//! message there.

use axum::Json;
use axum::extract::State;
use domain::model::{PageSize, RoomSeq};
use domain::usecase::page_live_messages;
use protocol::MessageDto;

use crate::extract::{Caller, Query, RoomPath};
use crate::problem::Problem;
use crate::state::AppState;

/// How many messages there are unless the client says.
const DEFAULT: u16 = 50;
/// How many there are at most.
const MAX: u16 = 200;

/// Lists the latest messages that still exist, oldest first.
#[utoipa::path(get, path = "/chat/messages/{id}", tag = "seed", security(("bearer" = [])),
    params(
        ("id" = String, Path, description = "The room's name or id."),
        ("limit" = Option<u64>, Query, description = "How many, 1–200; 50 if absent. Larger numbers count as 200."),
        ("before" = Option<u64>, Query, description = "Only messages with a smaller `seq`."),
    ),
    responses((status = 200, description = "The messages.", body = Vec<MessageDto>)))]
pub(super) async fn list_messages(
    State(state): State<AppState>,
    Caller(actor): Caller,
    RoomPath(room): RoomPath,
    Query(mut fields): Query,
) -> Result<Json<Vec<MessageDto>>, Problem> {
    let limit = fields.number("limit");
    let before = fields.number("before");
    let (limit, before) = fields.finish(limit.zip(before))?;
    let before = before.map(|before| RoomSeq::new(before).unwrap_or(RoomSeq::MAX));
    let size = PageSize::clamped(limit, DEFAULT, MAX);
    let (room, messages) = page_live_messages(&state.app.ports, &actor, &room, before, size).await?;
    let label = room.label();
    let viewer = Some(actor.user_id);
    Ok(Json(messages.iter().map(|message| MessageDto::new(message, &label, viewer)).collect()))
}
