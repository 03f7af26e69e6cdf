//! `POST /users/`.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::model::{EmailAddress, Password, Username};
use domain::usecase::{Register, register};
use http::StatusCode;
use protocol::{RegisterDto, UserDto};

use crate::extract::{JsonBody, LogInGate};
use crate::problem::Problem;
use crate::state::AppState;

/// Makes an account.
#[utoipa::path(post, path = "/users/", tag = "seed", request_body = RegisterDto, responses(
    (status = 201, description = "The account.", body = UserDto),
    (status = 409, description = "`username_taken`"),
))]
pub(super) async fn create_user(
    State(state): State<AppState>,
    gate: LogInGate,
    JsonBody(mut fields): JsonBody,
) -> Result<impl IntoResponse, Problem> {
    let username = fields.required("username", Username::parse);
    let password = fields.required("password", |text| Password::parse(text));
    let email = fields.optional("email", EmailAddress::parse);
    let read = username.zip(password).zip(email);
    let ((username, password), email) = fields.finish(read)?;
    gate.count(&state)?;
    let user = register(&state.app.ports, Register { username, password, email, is_admin: false }).await?;
    Ok((StatusCode::CREATED, Json(UserDto::from(&user))))
}
