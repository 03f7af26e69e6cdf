//! `PATCH /api/v1/users/me`.

use axum::Json;
use axum::extract::State;
use domain::ErrorCode;
use domain::model::Privacy;
use domain::usecase::set_privacy;
use protocol::{UpdateMeDto, UserDto};

use crate::extract::{Caller, Fields, JsonBody};
use crate::me::me;
use crate::problem::Problem;
use crate::state::AppState;

/// Changes the caller's account; what is absent stays as it is.
#[utoipa::path(patch, path = "/api/v1/users/me", tag = "users", security(("bearer" = [])),
    request_body = UpdateMeDto,
    responses((status = 200, description = "The account.", body = UserDto)))]
pub(super) async fn update_me(
    State(state): State<AppState>,
    Caller(actor): Caller,
    JsonBody(mut fields): JsonBody,
) -> Result<Json<UserDto>, Problem> {
    let privacy = fields.object("privacy", "/privacy/", privacy);
    let user = match fields.finish(privacy)? {
        Some(privacy) => set_privacy(&state.app.ports, &actor, privacy).await?,
        None => me(&state, &actor).await?,
    };
    Ok(Json(UserDto::own(&user)))
}

fn privacy(fields: &mut Fields) -> Option<Privacy> {
    let typing = shown(fields, "typing");
    let receipts = shown(fields, "receipts");
    let presence = shown(fields, "presence");
    Some(Privacy { typing: typing?, receipts: receipts?, presence: presence? })
}

fn shown(fields: &mut Fields, name: &'static str) -> Option<bool> {
    let given = fields.flag(name)?;
    given.or_else(|| fields.fault(name, ErrorCode::Invalid, "is required"))
}
