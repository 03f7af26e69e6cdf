//! A connection that hasn't said whose it is: it may say so in its first frame, and can do nothing else.

use std::io;

use bytes::Bytes;
use domain::usecase::authenticate;
use protocol::{GatewayCommand, GatewayRequest};
use realtime::{CloseReason, GatewayConnection};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::close::{BAD_TOKEN, NO_AUTH, of_authentication, of_connecting};
use super::lobby::Place;
use crate::limits::published;
use crate::socket::{FrameReader, Incoming, PROTOCOL_ERROR, TOO_LARGE, Violation, close_back, turn_away};
use crate::state::{AppState, Shared};

/// The most bytes of a first frame; no access token is near that long.
const MOST_BYTES: usize = 8 * 1024;

/// Waits for the first frame and goes on as the connection of whoever it names. `early` are the bytes that came with the
/// handshake.
pub(super) async fn run(state: AppState, stream: TcpStream, early: Bytes, place: Place) {
    let mut frames = FrameReader::new(MOST_BYTES);
    frames.buffer().extend_from_slice(&early);
    let first = tokio::select! {
        biased;
        () = state.stopping.cancelled() => Err(Some(CloseReason::RESTART)),
        first = timeout(state.app.options.timings.auth, first_text(&stream, &mut frames)) => {
            first.unwrap_or(Err(Some(NO_AUTH)))
        }
    };
    let opened = match first {
        Ok(text) => open(&state, &text).await.map_err(Some),
        Err(reason) => Err(reason),
    };
    drop(place);
    match opened {
        Ok(connection) => {
            // A task of its own, so that this one's frame isn't kept for the connection's life.
            let session = crate::socket::run(state.clone(), stream, frames.into_unread(), connection);
            state.sockets.spawn(session);
        }
        Err(Some(reason)) => turn_away(stream, reason).await,
        Err(None) => {}
    }
}

/// Reads up to the first text. What keeps the connection from going on is an error; nothing if the client is gone.
async fn first_text(stream: &TcpStream, frames: &mut FrameReader) -> Result<String, Option<CloseReason>> {
    loop {
        match frames.next() {
            Ok(Some(Incoming::Text(text))) => return Ok(text),
            // Whoever waits for an answer to a ping will send the frame first.
            Ok(Some(Incoming::Ping(_) | Incoming::Pong)) => continue,
            Ok(Some(Incoming::Close(code))) => return Err(Some(close_back(code))),
            Ok(Some(Incoming::NotUtf8 | Incoming::Binary | Incoming::TooLarge)) => return Err(Some(BAD_TOKEN)),
            Ok(None) => {}
            Err(Violation::Protocol) => return Err(Some(PROTOCOL_ERROR)),
            Err(Violation::TooLarge) => return Err(Some(TOO_LARGE)),
        }
        stream.readable().await.map_err(|_| None)?;
        match stream.try_read_buf(frames.buffer()) {
            Ok(0) => return Err(None),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return Err(None),
        }
    }
}

/// Opens the connection of whoever the frame names.
async fn open(state: &Shared, text: &str) -> Result<GatewayConnection, CloseReason> {
    let request = GatewayRequest::parse(text).map_err(|_| BAD_TOKEN)?;
    let GatewayCommand::Auth { token } = request.command else {
        return Err(BAD_TOKEN);
    };
    let actor = authenticate(&state.app.ports, &token).await;
    let actor = actor.map_err(|error| of_authentication(&error))?;
    let limits = published(&state.app.options.limits);
    state.app.hub.connect_gateway(actor, limits).await.map_err(|error| of_connecting(&error))
}
