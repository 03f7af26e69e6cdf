//! Answers a handshake and takes the TCP stream over from HTTP.

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use hyper::upgrade::{OnUpgrade, Upgraded, on};
use hyper_util::rt::TokioIo;
use realtime::SeedConnection;
use tokio::net::TcpStream;
use tracing::debug;

use super::handshake::Handshake;
use super::session;
use crate::state::AppState;

/// Accepts the handshake. The connection's task begins once the answer is on its way.
pub(crate) fn upgrade(
    state: &AppState,
    request: &mut Request,
    handshake: &Handshake,
    connection: SeedConnection,
) -> Response {
    let upgraded = on(request);
    state.sockets.spawn(take_over(state.clone(), upgraded, connection));
    let headers = [
        (header::CONNECTION, HeaderValue::from_static("upgrade")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::SEC_WEBSOCKET_ACCEPT, handshake.accept()),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
}

async fn take_over(state: AppState, upgraded: OnUpgrade, connection: SeedConnection) {
    match upgraded.await.map(Upgraded::downcast::<TokioIo<TcpStream>>) {
        // A task of its own, so that this one's frame for the upgrade isn't kept for the connection's life.
        Ok(Ok(parts)) => {
            let session = session::run(state.clone(), parts.io.into_inner(), parts.read_buf, connection);
            state.sockets.spawn(session);
        }
        Ok(Err(_)) => debug!("an upgraded connection isn't a TCP stream"),
        Err(error) => debug!(cause = %error, "a client left during the handshake"),
    }
}
