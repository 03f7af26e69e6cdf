//! `PUT /api/v1/rooms/{room}/marker`.

use axum::Json;
use axum::extract::State;
use domain::model::RoomSeq;
use domain::usecase::{MarkRead, mark_read as mark};
use protocol::{MarkDto, MarkerDto};

use crate::extract::{Caller, JsonBody, RoomPath};
use crate::problem::Problem;
use crate::state::AppState;

/// Sets how far the caller has read. The position never goes back unless `unread` is true.
#[utoipa::path(put, path = "/api/v1/rooms/{room}/marker", tag = "rooms", security(("bearer" = [])),
    request_body = MarkDto,
    params(("room" = String, Path, description = "The room's name or id.")),
    responses(
        (status = 200, description = "Where the position stands now, and what that leaves.", body = MarkerDto),
        (status = 403, description = "`not_a_member`"),
))]
pub(super) async fn mark_read(
    State(state): State<AppState>,
    Caller(actor): Caller,
    RoomPath(room): RoomPath,
    JsonBody(mut fields): JsonBody,
) -> Result<Json<MarkerDto>, Problem> {
    let seq = fields.required_integer("seq", RoomSeq::new);
    let back = fields.flag("unread");
    let (seq, back) = fields.finish(seq.zip(back))?;
    let input = MarkRead { room, seq, back: back.unwrap_or(false) };
    let (room_id, read) = mark(&state.app.ports, &actor, input).await?;
    Ok(Json(MarkerDto::new(room_id, &read)))
}
