//! `GET /api/v1/messages/{message_id}/versions`.

use axum::Json;
use axum::extract::State;
use domain::usecase::list_versions as list;
use protocol::{ListDto, VersionDto};

use crate::extract::{Caller, MessagePath};
use crate::problem::Problem;
use crate::state::AppState;

/// Lists every text a message has had, oldest first, the present one last, all at once.
#[utoipa::path(get, path = "/api/v1/messages/{message_id}/versions", tag = "messages", security(("bearer" = [])),
    params(("message_id" = String, Path, description = "The message's id.")),
    responses((status = 200, description = "The texts.", body = ListDto<VersionDto>)))]
pub(super) async fn list_versions(
    State(state): State<AppState>,
    Caller(actor): Caller,
    MessagePath(id): MessagePath,
) -> Result<Json<ListDto<VersionDto>>, Problem> {
    let versions = list(&state.app.ports, &actor, id).await?;
    Ok(Json(ListDto { items: versions.iter().map(VersionDto::from).collect(), next: None }))
}
