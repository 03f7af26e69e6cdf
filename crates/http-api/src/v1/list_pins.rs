//! `GET /api/v1/rooms/{room}/pins`.

use axum::Json;
use axum::extract::State;
use domain::model::RoomSeq;
use domain::usecase::list_pins as list;
use protocol::{ListDto, MessageDto};

use crate::extract::{Caller, Query, RoomPath, decode_cursor, page_of};
use crate::problem::Problem;
use crate::state::AppState;

/// Lists the pinned messages of a room, newest first.
#[utoipa::path(get, path = "/api/v1/rooms/{room}/pins", tag = "messages", security(("bearer" = [])),
    params(
        ("room" = String, Path, description = "The room's name or id."),
        ("limit" = Option<u64>, Query, description = "How many, 1–100; 100 if absent. Larger numbers count as 100."),
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
    ),
    responses((status = 200, description = "The messages.", body = ListDto<MessageDto>)))]
pub(super) async fn list_pins(
    State(state): State<AppState>,
    Caller(actor): Caller,
    RoomPath(room): RoomPath,
    Query(mut fields): Query,
) -> Result<Json<ListDto<MessageDto>>, Problem> {
    let limit = fields.number("limit");
    let before = fields.optional("cursor", |text| decode_cursor(text, place));
    let (limit, before) = fields.finish(limit.zip(before))?;
    let (size, ask) = page_of(limit);
    let (room, pinned) = list(&state.app.ports, &actor, &room, before, ask).await?;
    let (label, viewer) = (room.label(), Some(actor.user_id));
    let show = |message: &_| MessageDto::new(message, &label, viewer);
    Ok(Json(size.list(pinned, |message| message.seq.to_string(), show)))
}

/// Reads a place in the timeline.
fn place(key: &str) -> Option<RoomSeq> {
    RoomSeq::new(key.parse().ok()?).ok()
}
