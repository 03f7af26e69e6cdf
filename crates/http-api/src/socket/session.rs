//! One connection from the handshake to its end, as one task.

use std::time::Duration;

use bytes::Bytes;
use metrics::{counter, gauge};
use realtime::CloseReason;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::connection::Connection;
use super::frame_writer;
use super::link::Link;
use super::reader::Reader;
use super::writer::Writer;
use crate::state::AppState;

/// How long to wait for the client to end the TCP connection after the close frame.
const LINGER: Duration = Duration::from_secs(1);

/// Runs a connection to its end. `early` are the bytes that came with the handshake.
pub(crate) async fn run<C: Connection>(state: AppState, stream: TcpStream, early: Bytes, connection: C) {
    let _open = OpenSocket::new();
    let link = Link::new(stream);
    let closed = {
        let reader = Reader::new(&state, &link, &connection).run(early);
        let writer = Writer::new(&state, &link, &connection).run();
        tokio::select! {
            biased;
            closed = writer => closed,
            () = reader => None,
            () = state.give_up.cancelled() => None,
        }
    };
    drop(connection);
    count_closed(closed);
    if closed.is_some() {
        end(link.stream).await;
    }
}

/// Closes a socket that carries no connection.
pub(crate) async fn turn_away(mut stream: TcpStream, reason: CloseReason) {
    let mut bytes = Vec::new();
    frame_writer::close(&mut bytes, reason);
    count_closed(Some(reason));
    if let Ok(Ok(())) = tokio::time::timeout(LINGER, stream.write_all(&bytes)).await {
        end(stream).await;
    }
}

fn count_closed(reason: Option<CloseReason>) {
    let code = reason.map_or(1006, |CloseReason { code, .. }| code);
    counter!("chinwag_sockets_closed_total", "code" => code.to_string()).increment(1);
}

/// Ends the stream so that the client gets the close frame: closing with bytes unread would reset it
/// (RFC 6455, section 7.1.1).
async fn end(mut stream: TcpStream) {
    let _ = tokio::time::timeout(LINGER, async {
        stream.shutdown().await?;
        let mut rest = [0_u8; 256];
        loop {
            stream.readable().await?;
            match stream.try_read(&mut rest) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    })
    .await;
}

/// Counts an open socket for as long as it lives.
struct OpenSocket;

impl OpenSocket {
    fn new() -> Self {
        gauge!("chinwag_sockets_open").increment(1);
        Self
    }
}

impl Drop for OpenSocket {
    fn drop(&mut self) {
        gauge!("chinwag_sockets_open").decrement(1);
    }
}
