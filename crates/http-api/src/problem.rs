//! Every error as a problem document (RFC 9457), with one table from kinds to statuses.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Write;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use domain::{ErrorCode, ErrorKind, UseCaseError};
use http::{HeaderName, HeaderValue, StatusCode, header};
use protocol::{FieldFaultDto, MessageDto, ProblemDto};

/// An error on its way to the client. As a response it has no body yet: the edge writes it, because only the
/// edge knows the request's id.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: ErrorCode,
    detail: Cow<'static, str>,
    errors: Vec<FieldFaultDto>,
    retry_after: Option<Duration>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// With a version mismatch: the message as it is now.
    current: Option<Box<MessageDto>>,
    /// What lies behind it, for the log only.
    pub(crate) cause: Option<Box<str>>,
}

impl Problem {
    /// Makes a problem with the usual status of its kind.
    pub(crate) fn new(kind: ErrorKind, code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        let problem = Self {
            status: status_of(kind),
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            headers: Vec::new(),
            current: None,
            cause: None,
        };
        if code == ErrorCode::Unauthenticated || code == ErrorCode::TokenExpired {
            return problem.with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        problem
    }

    /// Says that the request can't be understood.
    pub(crate) fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::BadRequest, ErrorCode::BadRequest, detail)
    }

    /// Says that there is nothing of that name.
    pub(crate) fn not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::NotFound, ErrorCode::NotFound, detail)
    }

    /// Says that the caller hasn't proved who they are.
    pub(crate) fn unauthenticated(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Unauthenticated, ErrorCode::Unauthenticated, detail)
    }

    /// Lists every fault in the request's fields.
    pub(crate) fn invalid(errors: Vec<FieldFaultDto>) -> Self {
        let detail = match errors.as_slice() {
            [only] => format!("{} {}", only.pointer.trim_start_matches('/'), only.detail),
            several => format!("{} fields have faults; \"errors\" lists them", several.len()),
        };
        Self { errors, ..Self::new(ErrorKind::Invalid, ErrorCode::Invalid, detail) }
    }

    /// Says to wait.
    pub(crate) fn rate_limited(detail: impl Into<Cow<'static, str>>, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..Self::new(ErrorKind::RateLimited, ErrorCode::RateLimited, detail) }
    }

    /// Says no more than that something failed inside; `cause` goes to the log.
    pub(crate) fn internal(cause: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, ErrorCode::Internal, public_words(ErrorCode::Internal)).with_cause(cause)
    }

    /// Gives the problem for a status that a layer below answered without saying why.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let (kind, code, detail) = match status {
            StatusCode::NOT_FOUND => (ErrorKind::NotFound, ErrorCode::NotFound, "there is nothing at this path"),
            StatusCode::METHOD_NOT_ALLOWED => {
                let detail = "this path has other methods; the Allow header lists them";
                (ErrorKind::MethodNotAllowed, ErrorCode::MethodNotAllowed, detail)
            }
            StatusCode::PAYLOAD_TOO_LARGE => (ErrorKind::TooLarge, ErrorCode::TooLarge, "the body is too large"),
            status if status.is_server_error() => {
                (ErrorKind::Internal, ErrorCode::Internal, public_words(ErrorCode::Internal))
            }
            _ => (ErrorKind::BadRequest, ErrorCode::BadRequest, "the request can't be understood"),
        };
        Self { status, ..Self::new(kind, code, detail) }
    }

    /// Replaces the usual status of the kind.
    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// Adds a header to the answer.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Notes for the log what lies behind it.
    pub(crate) fn with_cause(self, cause: impl Into<String>) -> Self {
        Self { cause: Some(cause.into().into_boxed_str()), ..self }
    }

    /// Gives the message that the request would have changed, as it is now.
    pub(crate) fn with_current(self, message: MessageDto) -> Self {
        Self { current: Some(Box::new(message)), ..self }
    }

    /// Tells after how long the request may succeed.
    pub(crate) fn with_retry_after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }

    /// Writes the answer's body for the request of that id.
    pub(crate) fn render(&self, request_id: &str) -> Response {
        let document = ProblemDto {
            kind: format!("/docs#{}", self.code.as_str()),
            title: title(self.code),
            status: self.status.as_u16(),
            detail: self.detail.clone().into_owned(),
            code: self.code.as_str().to_owned(),
            request_id: request_id.to_owned(),
            errors: self.errors.clone(),
            retry_after_ms: self.retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1)),
            current: self.current.clone(),
        };
        // Texts, numbers and lists of them always have a JSON form.
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let content_type = [(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))];
        let mut response = (self.status, content_type, body).into_response();
        response.headers_mut().extend(self.headers.iter().cloned());
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response
    }
}

impl<E: UseCaseError> From<E> for Problem {
    fn from(error: E) -> Self {
        let (kind, code) = (error.kind(), error.code());
        if !status_of(kind).is_server_error() {
            return Self::new(kind, code, error.to_string());
        }
        let problem = Self::new(kind, code, public_words(code)).with_cause(chain(&error));
        match kind {
            ErrorKind::Overloaded | ErrorKind::Unavailable => problem.with_retry_after(Duration::from_secs(1)),
            _ => problem,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The one table from kinds to statuses.
fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::BadRequest => StatusCode::BAD_REQUEST,
        ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Overloaded | ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
        ErrorKind::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What a client is told about a fault of ours: nothing about the inside.
fn public_words(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::Overloaded => "the server is at its capacity; try again in a moment",
        ErrorCode::Unavailable => "the server can't reach its store right now; try again in a moment",
        ErrorCode::Timeout => "it took too long, and it isn't known whether it was done",
        ErrorCode::StorageFull => "the server has no space left to store anything",
        _ => "something went wrong in the server; its log has more under the request id",
    }
}

/// Names the kind of problem: the code in words.
fn title(code: ErrorCode) -> String {
    let mut words = code.as_str().replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// Gives an error and everything behind it.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        // Writing into a String doesn't fail.
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::port::{Cause, RepositoryError};

    #[test]
    fn a_fault_of_ours_says_nothing_about_the_inside() {
        let error = RepositoryError::Corrupt(Cause::new("row 17 of table secrets"));
        let problem = Problem::from(error);
        assert_eq!(problem.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!problem.detail.contains("secrets"));
        assert!(problem.cause.unwrap().contains("row 17 of table secrets"));
    }

    #[test]
    fn waiting_is_told_in_milliseconds_and_in_whole_seconds_rounded_up() {
        let response = Problem::rate_limited("wait", Duration::from_millis(1200)).render("r");
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[header::RETRY_AFTER], "2");
    }
}
