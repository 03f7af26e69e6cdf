//! `GET /api/v1/users/{user}`.

use axum::Json;
use axum::extract::State;
use domain::usecase::view_user as view;
use protocol::PublicUserDto;

use crate::extract::{Caller, UserPath};
use crate::problem::Problem;
use crate::state::AppState;

/// Gives somebody's account as everybody sees it.
#[utoipa::path(get, path = "/api/v1/users/{user}", tag = "users", security(("bearer" = [])),
    params(("user" = String, Path, description = "The user's id.")),
    responses((status = 200, description = "The account.", body = PublicUserDto)))]
pub(super) async fn view_user(
    State(state): State<AppState>,
    Caller(actor): Caller,
    UserPath(id): UserPath,
) -> Result<Json<PublicUserDto>, Problem> {
    Ok(Json(PublicUserDto::from(&view(&state.app.ports, &actor, id).await?)))
}
