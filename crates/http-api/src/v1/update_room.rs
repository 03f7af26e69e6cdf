//! `PATCH /api/v1/rooms/{room}`.

use axum::Json;
use axum::extract::State;
use domain::model::EditWindow;
use domain::usecase::{set_edit_window, view_room};
use protocol::{RoomDto, UpdateRoomDto};

use crate::extract::{Caller, JsonBody, RoomPath};
use crate::problem::Problem;
use crate::state::AppState;

/// Changes what a room is like; what is absent stays as it is.
#[utoipa::path(patch, path = "/api/v1/rooms/{room}", tag = "rooms", security(("bearer" = [])),
    request_body = UpdateRoomDto,
    params(("room" = String, Path, description = "The room's name or id.")),
    responses(
        (status = 200, description = "The room.", body = RoomDto),
        (status = 403, description = "`forbidden` by role, or `not_a_member`"),
))]
pub(super) async fn update_room(
    State(state): State<AppState>,
    Caller(actor): Caller,
    RoomPath(room): RoomPath,
    JsonBody(mut fields): JsonBody,
) -> Result<Json<RoomDto>, Problem> {
    let given = fields.has("edit_window_seconds");
    let window = fields.optional_integer("edit_window_seconds", EditWindow::from_seconds);
    let window = fields.finish(window)?;
    let ports = &state.app.ports;
    let overview = if given {
        set_edit_window(ports, &actor, &room, window).await?
    } else {
        view_room(ports, &actor, &room).await?
    };
    Ok(Json(RoomDto::from(&overview)))
}
