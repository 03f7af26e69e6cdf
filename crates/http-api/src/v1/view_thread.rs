//! `GET /api/v1/messages/{message_id}/thread`.

use axum::Json;
use axum::extract::State;
use domain::model::{PageSize, RoomSeq};
use domain::usecase::view_thread as view;
use protocol::ThreadDto;

use crate::extract::{Caller, MessagePath, Query};
use crate::problem::Problem;
use crate::state::AppState;

/// How many replies there are unless the client says.
const DEFAULT: u16 = 50;
/// How many there are at most.
const MAX: u16 = 100;

/// Gives a thread with some of its replies, oldest first, tombstones included. Any message of the thread names it.
#[utoipa::path(get, path = "/api/v1/messages/{message_id}/thread", tag = "messages", security(("bearer" = [])),
    params(
        ("message_id" = String, Path, description = "The id of a message of the thread."),
        ("after" = Option<u64>, Query, description = "Only replies with a greater `seq`; 0 if absent."),
        ("limit" = Option<u64>, Query, description = "How many, 1–100; 50 if absent. Larger numbers count as 100."),
    ),
    responses((status = 200, description = "The thread.", body = ThreadDto)))]
pub(super) async fn view_thread(
    State(state): State<AppState>,
    Caller(actor): Caller,
    MessagePath(id): MessagePath,
    Query(mut fields): Query,
) -> Result<Json<ThreadDto>, Problem> {
    let after = fields.number("after");
    let limit = fields.number("limit");
    let (after, limit) = fields.finish(after.zip(limit))?;
    let after = RoomSeq::new(after.unwrap_or(0)).unwrap_or(RoomSeq::MAX);
    let size = PageSize::clamped(limit, DEFAULT, MAX);
    let thread = view(&state.app.ports, &actor, id, after, size).await?;
    Ok(Json(ThreadDto::new(&thread, actor.user_id)))
}
