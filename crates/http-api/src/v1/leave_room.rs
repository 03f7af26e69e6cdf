//! `POST /api/v1/rooms/{room}/leave`.

use axum::extract::State;
use domain::usecase::leave_room as leave;
use http::StatusCode;

use crate::extract::{Caller, RoomPath};
use crate::problem::Problem;
use crate::state::AppState;

/// Ends the caller's membership and closes their sockets to the room. Doing it again changes nothing.
#[utoipa::path(post, path = "/api/v1/rooms/{room}/leave", tag = "rooms", security(("bearer" = [])),
    params(("room" = String, Path, description = "The room's name or id.")),
    responses((status = 204, description = "The caller isn't a member.")))]
pub(super) async fn leave_room(
    State(state): State<AppState>,
    Caller(actor): Caller,
    RoomPath(room): RoomPath,
) -> Result<StatusCode, Problem> {
    leave(&state.app.ports, &actor, &room).await?;
    Ok(StatusCode::NO_CONTENT)
}
