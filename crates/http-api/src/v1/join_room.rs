//! `POST /api/v1/rooms/{room}/join`.

use axum::Json;
use axum::extract::State;
use domain::usecase::join_room as join;
use protocol::RoomDto;

use crate::extract::{Caller, RoomPath};
use crate::problem::Problem;
use crate::state::AppState;

/// Makes the caller a member of a room that is open to them. Doing it again changes nothing.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/join", tag = "rooms", security(("bearer" = [])),
    params(("room" = String, Path, description = "The room's name or id.")),
    responses(
        (status = 200, description = "The room.", body = RoomDto),
        (status = 409, description = "`room_archived`"),
))]
pub(super) async fn join_room(
    State(state): State<AppState>,
    Caller(actor): Caller,
    RoomPath(room): RoomPath,
) -> Result<Json<RoomDto>, Problem> {
    Ok(Json(RoomDto::from(&join(&state.app.ports, &actor, &room).await?)))
}
