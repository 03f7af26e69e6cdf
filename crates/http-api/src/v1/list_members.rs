//! `GET /api/v1/rooms/{room}/members`.

use axum::Json;
use axum::extract::State;
use domain::model::UserId;
use domain::usecase::list_members as list;
use protocol::{ListDto, MemberDto};

use crate::extract::{Caller, Query, RoomPath, decode_cursor, page_of};
use crate::problem::Problem;
use crate::state::AppState;

/// Lists the members of a room, in the order their accounts were made.
#[utoipa::path(get, path = "/api/v1/rooms/{room}/members", tag = "rooms", security(("bearer" = [])),
    params(
        ("room" = String, Path, description = "The room's name or id."),
        ("limit" = Option<u64>, Query, description = "How many, 1–100; 100 if absent. Larger numbers count as 100."),
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
    ),
    responses((status = 200, description = "The members.", body = ListDto<MemberDto>)))]
pub(super) async fn list_members(
    State(state): State<AppState>,
    Caller(actor): Caller,
    RoomPath(room): RoomPath,
    Query(mut fields): Query,
) -> Result<Json<ListDto<MemberDto>>, Problem> {
    let limit = fields.number("limit");
    let after = fields.optional("cursor", |text| decode_cursor(text, |key| key.parse::<UserId>().ok()));
    let (limit, after) = fields.finish(limit.zip(after))?;
    let (size, ask) = page_of(limit);
    let found = list(&state.app.ports, &actor, &room, after, ask).await?;
    Ok(Json(size.list(found, |item| item.user_id.to_string(), |item| MemberDto::from(item))))
}
