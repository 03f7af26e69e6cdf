//! `GET /users/me`.

use axum::Json;
use axum::extract::State;
use protocol::UserDto;

use crate::extract::Caller;
use crate::me::me;
use crate::problem::Problem;
use crate::state::AppState;

/// Gives the caller's account.
#[utoipa::path(get, path = "/users/me", tag = "seed", operation_id = "seed_view_me", security(("bearer" = [])),
    responses((status = 200, description = "The account.", body = UserDto)))]
pub(super) async fn view_me(State(state): State<AppState>, Caller(actor): Caller) -> Result<Json<UserDto>, Problem> {
    Ok(Json(UserDto::from(&me(&state, &actor).await?)))
}
