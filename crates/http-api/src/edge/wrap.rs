//! The one layer around every endpoint: request id, deadline, panics, problem documents, headers, log, metrics.

use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::{ErrorCode, ErrorKind};
use futures_util::FutureExt;
use http::{Method, StatusCode};
use metrics::{counter, histogram};
use tracing::{error, info};

use super::request_id::HEADER;
use super::{RequestId, client_address, headers};
use crate::problem::Problem;
use crate::rate_limit::QuotaSlot;
use crate::state::AppState;

/// The other end of the connection that a request came on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Where a request comes from, after trusted proxies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Client(pub(crate) IpAddr);

/// What a request is called in log and metrics.
struct Label {
    method: &'static str,
    route: String,
}

/// Carries a request to its endpoint and makes an answer of whatever comes back.
pub(crate) async fn wrap(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let options = &state.app.options;
    let id = RequestId::of(request.headers(), state.app.ports.ids.as_ref());
    let label = Label { method: method_label(request.method()), route: route_label(&request) };
    let quota = QuotaSlot::default();
    if let Some(Peer(peer)) = request.extensions().get().copied() {
        let client = client_address(peer.ip(), request.headers(), &options.trusted_proxies);
        request.extensions_mut().insert(Client(client));
    }
    request.extensions_mut().insert(quota.clone());
    request.extensions_mut().insert(id.clone());

    let answer = Box::pin(AssertUnwindSafe(next.run(request)).catch_unwind());
    let mut response = match tokio::time::timeout(options.timings.request, answer).await {
        Ok(Ok(response)) => response,
        Ok(Err(_panic)) => Problem::internal("the endpoint panicked").into_response(),
        Err(_elapsed) => took_too_long().into_response(),
    };

    if let Some(problem) = problem_of(&mut response) {
        if problem.status.is_server_error() {
            let cause = problem.cause.as_deref().unwrap_or("");
            error!(
                request_id = id.as_str(),
                method = label.method,
                route = label.route,
                code = problem.code.as_str(),
                cause
            );
        }
        let mut rendered = problem.render(id.as_str());
        keep_headers(&response, &mut rendered);
        response = rendered;
    }
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        headers::secure(response.headers_mut(), options.is_https());
    }
    quota.write(response.headers_mut());
    if let Some(value) = id.to_header() {
        response.headers_mut().insert(HEADER, value);
    }
    record(&label, response.status(), started, &id);
    response
}

/// Takes the problem out of an answer; one is made for errors that layers below answered in their own way.
fn problem_of(response: &mut Response) -> Option<Problem> {
    let problem = response.extensions_mut().remove::<Problem>();
    let status = response.status();
    problem.or_else(|| (status.is_client_error() || status.is_server_error()).then(|| Problem::of_status(status)))
}

/// Keeps what layers below said beside the body (`Allow`, CORS).
fn keep_headers(from: &Response, to: &mut Response) {
    for (name, value) in from.headers() {
        let about_the_body = name == http::header::CONTENT_TYPE || name == http::header::CONTENT_LENGTH;
        if !about_the_body && !to.headers().contains_key(name) {
            to.headers_mut().append(name, value.clone());
        }
    }
}

fn took_too_long() -> Problem {
    let detail = "it took too long, and it isn't known whether it was done";
    Problem::new(ErrorKind::Timeout, ErrorCode::Timeout, detail).with_cause("the endpoint took too long")
}

fn route_label(request: &Request) -> String {
    let matched = request.extensions().get::<MatchedPath>();
    matched.map_or("(none)", MatchedPath::as_str).to_owned()
}

/// Gives one of a few words, whatever a client makes up.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn record(label: &Label, status: StatusCode, started: Instant, id: &RequestId) {
    let elapsed = started.elapsed();
    let route = label.route.clone();
    counter!("chinwag_http_requests_total",
        "method" => label.method, "route" => route.clone(), "status" => status.as_str().to_owned())
    .increment(1);
    histogram!("chinwag_http_request_seconds", "route" => route).record(elapsed.as_secs_f64());
    let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    info!(
        method = label.method,
        route = label.route,
        status = status.as_u16(),
        ms,
        request_id = id.as_str(),
        "request"
    );
}
