//! `POST /api/v1/sessions/refresh`.

use axum::extract::State;
use axum::response::Response;
use domain::model::RefreshToken;
use domain::usecase::refresh_session as refresh;
use http::{HeaderMap, StatusCode, header};
use protocol::OpenedSessionDto;

use crate::answer::{REFRESH_COOKIE, opened_session, refresh_cookie};
use crate::problem::Problem;
use crate::state::AppState;
use domain::ErrorKind;
use domain::UseCaseError;

/// Exchanges the refresh cookie, once, for a new access token and a new cookie. A cookie that was used before
/// ends its session.
#[utoipa::path(post, path = "/api/v1/sessions/refresh", tag = "sessions", security(("refresh" = [])), responses(
    (status = 200, description = "The session.", body = OpenedSessionDto),
    (status = 403, description = "`forbidden`: a page of another origin sent it"),
))]
pub(super) async fn refresh_session(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Problem> {
    state.origins.check_cookie_use(&headers)?;
    let token = cookie(&headers).ok_or_else(|| Problem::unauthenticated("there is no refresh cookie; sign in"))?;
    match refresh(&state.app.ports, &RefreshToken::new(token)).await {
        Ok(opened) => opened_session(&state, StatusCode::OK, &opened),
        Err(error) if error.kind() == ErrorKind::Unauthenticated => {
            Err(Problem::from(error).with_header(header::SET_COOKIE, refresh_cookie(&state, "", 0)?))
        }
        Err(error) => Err(error.into()),
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = values.flat_map(|value| value.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    cookies.find(|(name, token)| *name == REFRESH_COOKIE && !token.is_empty()).map(|(_, token)| token)
}
