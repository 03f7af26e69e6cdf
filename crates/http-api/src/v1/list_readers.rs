//! `GET /api/v1/messages/{message_id}/readers`.

use axum::Json;
use axum::extract::State;
use domain::model::Receipt;
use domain::usecase::list_readers as list;
use domain::{ErrorCode, ErrorKind};
use protocol::{ListDto, ReaderDto};

use crate::extract::{Caller, MessagePath};
use crate::problem::Problem;
use crate::state::AppState;

/// Lists the members who have read a message and show it, all at once, without its author and the caller. Whoever
/// doesn't show their own position sees nobody's.
#[utoipa::path(get, path = "/api/v1/messages/{message_id}/readers", tag = "messages", security(("bearer" = [])),
    params(("message_id" = String, Path, description = "The message's id.")),
    responses(
        (status = 200, description = "The readers.", body = ListDto<ReaderDto>),
        (status = 403, description = "`not_a_member`"),
        (status = 422, description = "`too_many`: the room has more than 200 members"),
))]
pub(super) async fn list_readers(
    State(state): State<AppState>,
    Caller(actor): Caller,
    MessagePath(id): MessagePath,
) -> Result<Json<ListDto<ReaderDto>>, Problem> {
    let Some(readers) = list(&state.app.ports, &actor, id).await? else {
        let detail = format!("who has read is only known in rooms of at most {} members", Receipt::MAX_MEMBERS);
        return Err(Problem::new(ErrorKind::Invalid, ErrorCode::TooMany, detail));
    };
    Ok(Json(ListDto { items: readers.iter().map(ReaderDto::from).collect(), next: None }))
}
