//! `GET /api/v1/rooms/{room}/changes`.

use axum::Json;
use axum::extract::State;
use domain::model::{PageSize, RoomRev};
use domain::usecase::list_changes as list;
use protocol::ChangesDto;

use crate::extract::{Caller, Query, RoomPath};
use crate::problem::Problem;
use crate::state::AppState;

/// How many changes there are unless the client says, and at most.
const MAX: u16 = 200;

/// Gives what changed in a room's timeline since a `rev`: each message once, as it is now.
#[utoipa::path(get, path = "/api/v1/rooms/{room}/changes", tag = "messages", security(("bearer" = [])),
    params(
        ("room" = String, Path, description = "The room's name or id."),
        ("after" = Option<u64>, Query, description = "The greatest `rev` the client has; 0 if absent."),
        ("limit" = Option<u64>, Query, description = "How many, 1–200; 200 if absent. Larger numbers count as 200."),
    ),
    responses((status = 200, description = "The changes.", body = ChangesDto)))]
pub(super) async fn list_changes(
    State(state): State<AppState>,
    Caller(actor): Caller,
    RoomPath(room): RoomPath,
    Query(mut fields): Query,
) -> Result<Json<ChangesDto>, Problem> {
    let after = fields.number("after");
    let limit = fields.number("limit");
    let (after, limit) = fields.finish(after.zip(limit))?;
    let after = RoomRev::new(after.unwrap_or(0)).unwrap_or(RoomRev::MAX);
    let size = PageSize::clamped(limit, MAX, MAX);
    let (room, changes, epoch) = list(&state.app.ports, &actor, &room, after, size).await?;
    Ok(Json(ChangesDto::new(&changes, &epoch, &room.label(), actor.user_id)))
}
