//! Answers that several endpoints give.

use axum::Json;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use domain::usecase::OpenedSession;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use protocol::OpenedSessionDto;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::problem::Problem;
use crate::state::Shared;

/// The cookie that carries the refresh token.
pub(crate) const REFRESH_COOKIE: &str = "chinwag_refresh";
/// Where browsers send it.
const REFRESH_PATH: &str = "/api/v1/sessions";

/// Gives how many seconds an access token is accepted.
pub(crate) fn expires_in(state: &Shared) -> u64 {
    state.app.ports.session_policy.access_lifetime.as_secs()
}

/// Answers with a new session: the access token in the body, the refresh token in the cookie.
pub(crate) fn opened_session(state: &Shared, status: StatusCode, opened: &OpenedSession) -> Result<Response, Problem> {
    let lifetime = state.app.ports.session_policy.session_lifetime.as_secs();
    let cookie = refresh_cookie(state, opened.refresh_token.reveal(), lifetime)?;
    let body = Json(OpenedSessionDto::new(opened, expires_in(state)));
    Ok((status, [(header::SET_COOKIE, cookie)], body).into_response())
}

/// Gives the refresh cookie; with no lifetime it deletes the one the browser has.
pub(crate) fn refresh_cookie(state: &Shared, token: &str, seconds: u64) -> Result<HeaderValue, Problem> {
    let options = &state.app.options;
    let secure = if options.secure_cookies || options.is_https() { "; Secure" } else { "" };
    let cookie =
        format!("{REFRESH_COOKIE}={token}; Path={REFRESH_PATH}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_str(&cookie).map_err(|_| Problem::internal("the refresh token can't stand in a cookie"))
}

/// Answers with JSON that clients ask for again and again: only if it changed.
pub(crate) fn json_if_changed(headers: &HeaderMap, value: &impl Serialize) -> Result<Response, Problem> {
    let body = serde_json::to_vec(value).map_err(|error| Problem::internal(error.to_string()))?;
    let tag = entity_tag(&body);
    let mut response = if_changed(headers, &tag, "application/json", Bytes::from(body));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("authorization"));
    Ok(response)
}

/// Answers with a body under its entity tag, or with 304 if the client has it (RFC 9110, section 13.1.2).
pub(crate) fn if_changed(headers: &HeaderMap, tag: &str, content_type: &str, body: Bytes) -> Response {
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let same = known.flat_map(|value| value.split(',')).any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag
    });
    let mut response = if same { StatusCode::NOT_MODIFIED.into_response() } else { body.into_response() };
    let headers = response.headers_mut();
    if let (false, Ok(value)) = (same, HeaderValue::from_str(content_type)) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    if let Ok(value) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// Gives the entity tag of a body.
pub(crate) fn entity_tag(body: &[u8]) -> String {
    hash_tag(&Sha256::digest(body))
}

/// Gives the entity tag of a body by its SHA-256.
pub(crate) fn hash_tag(sha256: &[u8]) -> String {
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(&sha256[..sha256.len().min(18)]))
}
