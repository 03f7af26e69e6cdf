//! Bodies: read whole within a size and a time, of the type that is expected.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use domain::{ErrorCode, ErrorKind};
use http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::Value;

use super::{Fields, nesting};
use crate::problem::Problem;
use crate::state::{AppState, Shared};

/// A JSON object.
#[derive(Debug)]
pub(crate) struct JsonBody(pub(crate) Fields);

/// A form, as HTML forms and OAuth 2 send it.
#[derive(Debug)]
pub(crate) struct FormBody(pub(crate) Fields);

impl FromRequest<AppState> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let is_json =
            |kind: &str| kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"));
        expect_type(request.headers(), is_json, "application/json")?;
        let body = read(request.into_body(), state).await?;
        let deepest = state.app.options.limits.json_depth;
        if deepest > 0 && nesting(&body) > deepest {
            return Err(Problem::bad_request(format!("the body is nested deeper than {deepest} levels")));
        }
        match serde_json::from_slice(&body) {
            Ok(Value::Object(values)) => Ok(Self(Fields::of_body(values))),
            Ok(_) => Err(Problem::bad_request("the body must be a JSON object")),
            Err(error) => Err(Problem::bad_request(format!("the body isn't valid JSON: {error}"))),
        }
    }
}

impl FromRequest<AppState> for FormBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let expected = "application/x-www-form-urlencoded";
        expect_type(request.headers(), |kind| kind == expected, expected)?;
        let body = read(request.into_body(), state).await?;
        Ok(Self(Fields::of_form(&body)))
    }
}

fn expect_type(headers: &HeaderMap, matches: impl Fn(&str) -> bool, expected: &str) -> Result<(), Problem> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if matches(&kind) {
        return Ok(());
    }
    let detail = format!("the body must be of type {expected}");
    Err(Problem::new(ErrorKind::UnsupportedMediaType, ErrorCode::UnsupportedMediaType, detail))
}

async fn read(body: Body, state: &Shared) -> Result<Bytes, Problem> {
    let options = &state.app.options;
    let limit = match options.limits.body_bytes {
        0 => usize::MAX,
        limit => limit,
    };
    let collected = tokio::time::timeout(options.timings.body_read, Limited::new(body, limit).collect()).await;
    match collected {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            let detail = format!("the body may have at most {limit} bytes");
            Err(Problem::new(ErrorKind::TooLarge, ErrorCode::TooLarge, detail))
        }
        Ok(Err(_)) => Err(Problem::bad_request("the body ended too early")),
        Err(_) => {
            let detail = "the body didn't arrive in time";
            Err(Problem::new(ErrorKind::Timeout, ErrorCode::Timeout, detail).with_status(StatusCode::REQUEST_TIMEOUT))
        }
    }
}
