//! `DELETE /api/v1/sessions/current`.

use axum::extract::State;
use axum::response::IntoResponse;
use domain::usecase::log_out as end;
use http::{StatusCode, header};

use crate::answer::refresh_cookie;
use crate::extract::Caller;
use crate::problem::Problem;
use crate::state::AppState;

/// Signs out: ends the session, closes its sockets and deletes the cookie.
#[utoipa::path(delete, path = "/api/v1/sessions/current", tag = "sessions", security(("bearer" = [])),
    responses((status = 204, description = "The session has ended.")))]
pub(super) async fn log_out(
    State(state): State<AppState>,
    Caller(actor): Caller,
) -> Result<impl IntoResponse, Problem> {
    end(&state.app.ports, &actor).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, refresh_cookie(&state, "", 0)?)]))
}
