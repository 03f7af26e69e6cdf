//! `GET /api/v1/sessions`.

use axum::Json;
use axum::extract::State;
use domain::usecase::list_sessions as list;
use protocol::{ListDto, SessionDto};

use crate::extract::Caller;
use crate::problem::Problem;
use crate::state::AppState;

/// Lists where the caller is signed in, newest first, all at once.
#[utoipa::path(get, path = "/api/v1/sessions", tag = "sessions", security(("bearer" = [])),
    responses((status = 200, description = "The sessions.", body = ListDto<SessionDto>)))]
pub(super) async fn list_sessions(
    State(state): State<AppState>,
    Caller(actor): Caller,
) -> Result<Json<ListDto<SessionDto>>, Problem> {
    let sessions = list(&state.app.ports, &actor).await?;
    let items = sessions.iter().map(|session| SessionDto::new(session, actor.session_id)).collect();
    Ok(Json(ListDto { items, next: None }))
}
