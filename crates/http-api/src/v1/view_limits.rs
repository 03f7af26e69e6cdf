//! `GET /api/v1/limits`.

use axum::Json;
use axum::extract::State;
use protocol::LimitsDto;

use crate::limits::published;
use crate::state::AppState;

/// Tells what a client may use.
#[utoipa::path(get, path = "/api/v1/limits", tag = "server",
    responses((status = 200, description = "The limits.", body = LimitsDto)))]
pub(super) async fn view_limits(State(state): State<AppState>) -> Json<LimitsDto> {
    Json(published(&state.app.options.limits))
}
