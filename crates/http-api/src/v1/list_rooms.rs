//! `GET /api/v1/rooms`.

use axum::extract::State;
use axum::response::Response;
use domain::model::RoomId;
use domain::usecase::list_rooms as list;
use http::HeaderMap;
use protocol::{ListDto, RoomDto};

use crate::answer::json_if_changed;
use crate::extract::{Caller, Query, decode_cursor, page_of};
use crate::problem::Problem;
use crate::state::AppState;

/// Lists the rooms the caller belongs to, oldest first.
#[utoipa::path(get, path = "/api/v1/rooms", tag = "rooms", security(("bearer" = [])),
    params(("limit" = Option<u64>, Query, description = "How many, 1–100; 100 if absent. Larger numbers count as 100."), ("cursor" = Option<String>, Query, description = "`next` of the page before.")),
    responses(
        (status = 200, description = "The rooms.", body = ListDto<RoomDto>),
        (status = 304, description = "Nothing changed since the entity tag in `If-None-Match`."),
))]
pub(super) async fn list_rooms(
    State(state): State<AppState>,
    Caller(actor): Caller,
    Query(mut fields): Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limit = fields.number("limit");
    let after = fields.optional("cursor", |text| decode_cursor(text, |key| key.parse::<RoomId>().ok()));
    let (limit, after) = fields.finish(limit.zip(after))?;
    let (size, ask) = page_of(limit);
    let found = list(&state.app.ports, &actor, after, ask).await?;
    json_if_changed(&headers, &size.list(found, |item| item.access.room.id.to_string(), |item| RoomDto::from(item)))
}
