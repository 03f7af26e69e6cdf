//! `POST /api/v1/sessions`.

use axum::extract::State;
use axum::response::Response;
use domain::model::{InvalidValue, Password};
use http::{HeaderMap, StatusCode};
use protocol::{LogInDto, OpenedSessionDto};

use crate::answer::opened_session;
use crate::extract::{JsonBody, LogInGate, device};
use crate::problem::Problem;
use crate::sign_in::{Typed, sign_in};
use crate::state::AppState;

/// Signs in. The refresh token comes as the cookie `chinwag_refresh`.
#[utoipa::path(post, path = "/api/v1/sessions", tag = "sessions", request_body = LogInDto, responses(
    (status = 201, description = "The session.", body = OpenedSessionDto),
    (status = 401, description = "`bad_credentials`"),
))]
pub(super) async fn log_in(
    State(state): State<AppState>,
    gate: LogInGate,
    headers: HeaderMap,
    JsonBody(mut fields): JsonBody,
) -> Result<Response, Problem> {
    let username = fields.required("username", |text| Ok::<_, InvalidValue>(text.to_owned()));
    let password = fields.required("password", |text| Ok::<_, InvalidValue>(Password::attempt(text)));
    let typed = fields.finish(username.zip(password).map(|(username, password)| Typed { username, password }))?;
    let opened = sign_in(&state, &gate, typed, device(&headers)).await?;
    opened_session(&state, StatusCode::CREATED, &opened)
}
