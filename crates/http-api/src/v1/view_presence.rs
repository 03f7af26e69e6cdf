//! `GET /api/v1/users/me/presence`.

use axum::Json;
use axum::extract::State;
use protocol::ChosenPresenceDto;

use crate::extract::Caller;
use crate::problem::Problem;
use crate::state::AppState;

/// Gives what the caller chose to be shown as.
#[utoipa::path(get, path = "/api/v1/users/me/presence", tag = "users", security(("bearer" = [])),
    responses((status = 200, description = "The choice.", body = ChosenPresenceDto)))]
pub(super) async fn view_presence(
    State(state): State<AppState>,
    Caller(actor): Caller,
) -> Result<Json<ChosenPresenceDto>, Problem> {
    let ports = &state.app.ports;
    let stored = ports.presences.find(&[actor.user_id]).await?.into_iter().next();
    let chosen = stored.map(|stored| stored.chosen.at(ports.clock.now())).unwrap_or_default();
    Ok(Json(ChosenPresenceDto::from(&chosen)))
}
