//! `GET /api/v1/users/me`.

use axum::Json;
use axum::extract::State;
use protocol::UserDto;

use crate::extract::Caller;
use crate::me::me;
use crate::problem::Problem;
use crate::state::AppState;

/// Gives the caller's account with their choices.
#[utoipa::path(get, path = "/api/v1/users/me", tag = "users", security(("bearer" = [])),
    responses((status = 200, description = "The account.", body = UserDto)))]
pub(super) async fn view_me(State(state): State<AppState>, Caller(actor): Caller) -> Result<Json<UserDto>, Problem> {
    Ok(Json(UserDto::own(&me(&state, &actor).await?)))
}
