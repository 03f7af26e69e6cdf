//! `GET /api/v1/rooms/{room}`.

use axum::extract::State;
use axum::response::Response;
use domain::usecase::view_room as view;
use http::HeaderMap;
use protocol::RoomDto;

use crate::answer::json_if_changed;
use crate::extract::{Caller, RoomPath};
use crate::problem::Problem;
use crate::state::AppState;

/// Gives a room.
#[utoipa::path(get, path = "/api/v1/rooms/{room}", tag = "rooms", security(("bearer" = [])),
    params(("room" = String, Path, description = "The room's name or id.")),
    responses(
        (status = 200, description = "The room.", body = RoomDto),
        (status = 304, description = "Nothing changed since the entity tag in `If-None-Match`."),
))]
pub(super) async fn view_room(
    State(state): State<AppState>,
    Caller(actor): Caller,
    RoomPath(room): RoomPath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = view(&state.app.ports, &actor, &room).await?;
    json_if_changed(&headers, &RoomDto::from(&room))
}
