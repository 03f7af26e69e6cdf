//! `POST /api/v1/setup`.

use axum::extract::State;
use axum::response::Response;
use domain::model::{InvalidValue, Password, RoomName, Username};
use domain::usecase::{Register, set_up as make_first};
use http::{HeaderMap, StatusCode};
use protocol::{OpenedSessionDto, SetUpDto};

use crate::answer::opened_session;
use crate::extract::{JsonBody, LogInGate, device};
use crate::problem::Problem;
use crate::state::AppState;

/// The first room of a server.
const FIRST_ROOM: &str = "general";

/// Makes the first account, which administers the server, and the room `general`, and signs in.
#[utoipa::path(post, path = "/api/v1/setup", tag = "server", request_body = SetUpDto, responses(
    (status = 201, description = "The session.", body = OpenedSessionDto),
    (status = 404, description = "`not_found`: the token isn't the one of the set-up link"),
    (status = 409, description = "`conflict`: there is an account already"),
))]
pub(super) async fn set_up(
    State(state): State<AppState>,
    gate: LogInGate,
    headers: HeaderMap,
    JsonBody(mut fields): JsonBody,
) -> Result<Response, Problem> {
    let token = fields.required("token", |text| Ok::<_, InvalidValue>(text.to_owned()));
    let username = fields.required("username", Username::parse);
    let password = fields.required("password", |text| Password::parse(text));
    let ((token, username), password) = fields.finish(token.zip(username).zip(password))?;
    gate.count(&state)?;
    if !state.app.options.set_up_token.as_ref().is_some_and(|secret| secret.matches(&token)) {
        return Err(Problem::not_found("this isn't the set-up link of this server; its log has the right one"));
    }
    let room = RoomName::parse(FIRST_ROOM).map_err(|error| Problem::internal(error.to_string()))?;
    let first = Register { username, password, email: None, is_admin: true };
    let opened = make_first(&state.app.ports, first, room, device(&headers)).await?;
    opened_session(&state, StatusCode::CREATED, &opened)
}
