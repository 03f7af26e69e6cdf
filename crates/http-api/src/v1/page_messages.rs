//! `GET /api/v1/rooms/{room}/messages`.

use axum::Json;
use axum::extract::State;
use domain::ErrorCode;
use domain::model::{PageAnchor, PageSize, RoomSeq};
use domain::usecase::page_messages as page;
use protocol::MessagePageDto;

use crate::extract::{Caller, Fields, Query, RoomPath};
use crate::problem::Problem;
use crate::state::AppState;

/// How many messages there are unless the client says.
const DEFAULT: u16 = 50;
/// How many there are at most.
const MAX: u16 = 100;

/// Gives a window on a room's timeline, tombstones included: the newest messages, or those around a place.
#[utoipa::path(get, path = "/api/v1/rooms/{room}/messages", tag = "messages", security(("bearer" = [])),
    params(
        ("room" = String, Path, description = "The room's name or id."),
        ("before" = Option<u64>, Query, description = "Only messages with a smaller `seq`, the newest of them."),
        ("after" = Option<u64>, Query, description = "Only messages with a greater `seq`, the oldest of them."),
        ("around" = Option<u64>, Query, description = "The message with this `seq` and those on both sides."),
        ("limit" = Option<u64>, Query, description = "How many, 1–100; 50 if absent. Larger numbers count as 100."),
    ),
    responses((status = 200, description = "The messages.", body = MessagePageDto)))]
pub(super) async fn page_messages(
    State(state): State<AppState>,
    Caller(actor): Caller,
    RoomPath(room): RoomPath,
    Query(mut fields): Query,
) -> Result<Json<MessagePageDto>, Problem> {
    let limit = fields.number("limit");
    let anchor = anchor(&mut fields);
    let (limit, anchor) = fields.finish(limit.zip(anchor))?;
    let size = PageSize::clamped(limit, DEFAULT, MAX);
    let (room, page) = page(&state.app.ports, &actor, &room, anchor, size).await?;
    Ok(Json(MessagePageDto::new(&page, &room.label(), actor.user_id)))
}

fn anchor(fields: &mut Fields) -> Option<PageAnchor> {
    let before = fields.number("before");
    let after = fields.number("after");
    let around = fields.number("around");
    let seq = |number| RoomSeq::new(number).unwrap_or(RoomSeq::MAX);
    match (before?, after?, around?) {
        (None, None, None) => Some(PageAnchor::Latest),
        (Some(before), None, None) => Some(PageAnchor::Before(seq(before))),
        (None, Some(after), None) => Some(PageAnchor::After(seq(after))),
        (None, None, Some(around)) => Some(PageAnchor::Around(seq(around))),
        _ => fields.fault(
            "before",
            ErrorCode::Invalid,
            "goes with neither after nor around, nor do they with each other",
        ),
    }
}
