//! `POST /token`: the OAuth 2 password form.

use axum::Json;
use axum::extract::State;
use domain::ErrorCode;
use domain::model::{InvalidValue, Password};
use http::HeaderMap;
use protocol::TokenDto;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::expires_in;
use crate::extract::{FormBody, LogInGate, device};
use crate::problem::Problem;
use crate::sign_in::{Typed, sign_in};
use crate::state::AppState;

/// The form, for the OpenAPI document.
#[derive(ToSchema, Deserialize)]
#[expect(dead_code, reason = "the fields are read one by one, so that every fault is told at once")]
pub(super) struct TokenForm {
    /// The name to sign in with.
    username: String,
    /// The password.
    #[schema(format = Password)]
    password: String,
    /// `password`, if it is given.
    grant_type: Option<String>,
}

/// Signs in and gives an access token.
#[utoipa::path(post, path = "/token", tag = "seed",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token.", body = TokenDto),
        (status = 401, description = "`bad_credentials`"),
))]
pub(super) async fn token(
    State(state): State<AppState>,
    gate: LogInGate,
    headers: HeaderMap,
    FormBody(mut fields): FormBody,
) -> Result<Json<TokenDto>, Problem> {
    let username = fields.required("username", |text| Ok::<_, InvalidValue>(text.to_owned()));
    let password = fields.required("password", |text| Ok::<_, InvalidValue>(Password::attempt(text)));
    let grant = fields.optional("grant_type", |text| Ok::<_, InvalidValue>(text.to_owned()));
    if grant.flatten().is_some_and(|grant| !grant.is_empty() && grant != "password") {
        fields.fault::<()>("grant_type", ErrorCode::Invalid, "must be password");
    }
    let read = username.zip(password).map(|(username, password)| Typed { username, password });
    let typed = fields.finish(read)?;
    let opened = sign_in(&state, &gate, typed, device(&headers)).await?;
    Ok(Json(TokenDto::new(&opened, expires_in(&state))))
}
