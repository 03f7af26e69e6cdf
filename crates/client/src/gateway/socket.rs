//! One connection to the gateway.

use futures_util::{SinkExt, StreamExt};
use protocol::GatewayFrame;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::error::ClientError;

/// The subprotocol this client speaks.
const SUBPROTOCOL: &str = "chinwag.v1";
/// Whether small frames go out at once (`TCP_NODELAY`): a command is one.
const NO_DELAY: bool = true;

/// A bare connection: frames in and out, nothing else. Most programs want a [`Gateway`](crate::Gateway).
#[derive(Debug)]
pub struct GatewaySocket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl GatewaySocket {
    /// Connects with a fresh ticket. `url` is the server's, beginning with `http://`.
    ///
    /// # Errors
    /// [`ClientError`]; a refused upgrade is a `Socket` error that holds the answer.
    pub async fn connect(url: &str, ticket: &str) -> Result<Self, ClientError> {
        let address = || ClientError::Address(url.to_owned());
        let host = url.strip_prefix("http://").ok_or_else(address)?;
        let mut request = format!("ws://{host}/api/v1/gateway").into_client_request().map_err(Box::new)?;
        let protocols = format!("{SUBPROTOCOL}, ticket.{ticket}");
        let protocols = HeaderValue::from_str(&protocols).map_err(|_| address())?;
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, protocols);
        let (stream, _) = connect_async_with_config(request, None, NO_DELAY).await.map_err(Box::new)?;
        Ok(Self { stream })
    }

    /// Sends a command.
    ///
    /// # Errors
    /// [`ClientError`] if the connection is closed or failed.
    pub async fn send(&mut self, command: &Value) -> Result<(), ClientError> {
        Ok(self.stream.send(Message::text(command.to_string())).await.map_err(Box::new)?)
    }

    /// Waits for the next frames, which came together; none if it was only a sign of life of the connection. Nothing is
    /// lost if the wait is given up.
    ///
    /// # Errors
    /// [`ClientError::Closed`] when the server closed the connection.
    pub async fn next(&mut self) -> Result<Vec<GatewayFrame>, ClientError> {
        match self.stream.next().await {
            Some(Ok(Message::Text(text))) => Ok(decode(&text)),
            Some(Ok(Message::Close(frame))) => {
                Err(ClientError::Closed { code: frame.map_or(1005, |frame| frame.code.into()) })
            }
            Some(Ok(_)) => Ok(Vec::new()),
            Some(Err(Error::ConnectionClosed | Error::AlreadyClosed)) | None => Err(ClientError::Closed { code: 1006 }),
            Some(Err(error)) => Err(Box::new(error).into()),
        }
    }

    /// Says goodbye and closes the connection.
    ///
    /// # Errors
    /// [`ClientError`] if the connection is closed or failed.
    pub async fn close(&mut self) -> Result<(), ClientError> {
        Ok(self.stream.close(None).await.map_err(Box::new)?)
    }
}

/// Reads a frame or an array of frames; what can't be read is left out, as a client ignores what it doesn't know.
fn decode(text: &str) -> Vec<GatewayFrame> {
    if !text.trim_start().starts_with('[') {
        return serde_json::from_str(text).into_iter().collect();
    }
    serde_json::from_str(text).unwrap_or_else(|_| {
        let values: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
        values.into_iter().filter_map(|value| serde_json::from_value(value).ok()).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_alone_or_together_and_unreadable_ones_are_left_out() {
        let lagged = r#"{"type":"lagged","room_id":"r","head_rev":4}"#;
        assert_eq!(decode(lagged).len(), 1);
        assert_eq!(decode(&format!(" [{lagged},{lagged}]")).len(), 2);
        assert_eq!(decode(&format!(r#"[{lagged},{{"type":"lagged"}},7]"#)).len(), 1);
        assert_eq!(decode(r#"{"type":"brand_new","x":1}"#), [GatewayFrame::Unknown]);
        assert!(decode("nonsense").is_empty());
    }
}
