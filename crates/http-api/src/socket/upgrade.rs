//! Answers a handshake and takes the TCP stream over from HTTP.

use std::time::Duration;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::{ErrorCode, ErrorKind};
use http::{HeaderValue, StatusCode, header};
use hyper::upgrade::{OnUpgrade, Upgraded, on};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tracing::debug;

use super::handshake::Handshake;
use crate::problem::Problem;
use crate::state::{AppState, Shared};

/// Lets no new socket in while the server stops.
///
/// # Errors
/// 503.
pub(crate) fn refuse_while_stopping(state: &Shared) -> Result<(), Problem> {
    if state.app.readiness.is_draining() {
        let stopping = Problem::new(ErrorKind::Unavailable, ErrorCode::Unavailable, "the server is stopping");
        return Err(stopping.with_retry_after(Duration::from_secs(1)));
    }
    Ok(())
}

/// Accepts the handshake, speaking `protocol` if the client offered any. `carry` gets the stream with the bytes that
/// came with the handshake, once the answer is on its way, and runs as a task of its own.
pub(crate) fn upgrade<F, R>(
    state: &AppState,
    request: &mut Request,
    handshake: &Handshake,
    protocol: Option<HeaderValue>,
    carry: F,
) -> Response
where
    F: FnOnce(AppState, TcpStream, Bytes) -> R + Send + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let upgraded = on(request);
    state.sockets.spawn(take_over(state.clone(), upgraded, carry));
    let headers = [
        (header::CONNECTION, HeaderValue::from_static("upgrade")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::SEC_WEBSOCKET_ACCEPT, handshake.accept()),
    ];
    let protocol = protocol.map(|protocol| [(header::SEC_WEBSOCKET_PROTOCOL, protocol)]);
    let mut response = (StatusCode::SWITCHING_PROTOCOLS, headers).into_response();
    response.headers_mut().extend(protocol.into_iter().flatten());
    response
}

async fn take_over<F, R>(state: AppState, upgraded: OnUpgrade, carry: F)
where
    F: FnOnce(AppState, TcpStream, Bytes) -> R,
    R: Future<Output = ()> + Send + 'static,
{
    match upgraded.await.map(Upgraded::downcast::<TokioIo<TcpStream>>) {
        // A task of its own, so that this one's frame for the upgrade isn't kept for the connection's life.
        Ok(Ok(parts)) => {
            let session = carry(state.clone(), parts.io.into_inner(), parts.read_buf);
            state.sockets.spawn(session);
        }
        Ok(Err(_)) => debug!("an upgraded connection isn't a TCP stream"),
        Err(error) => debug!(cause = %error, "a client left during the handshake"),
    }
}
