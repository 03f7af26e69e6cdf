//! The seed's socket from the client's side.

use futures_util::{SinkExt, StreamExt};
use protocol::SeedFrame;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::error::ClientError;

/// Whether small frames go out at once (`TCP_NODELAY`): a message is one.
const NO_DELAY: bool = true;

/// A connection to one room.
#[derive(Debug)]
pub struct SeedSocket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl SeedSocket {
    /// Connects to a room, by name or id. `url` is the server's, beginning with `http://`.
    ///
    /// # Errors
    /// [`ClientError`]; a refused upgrade is a `Socket` error that holds the answer.
    pub async fn connect(url: &str, room: &str, token: impl AsRef<str>) -> Result<Self, ClientError> {
        let address = || ClientError::Address(url.to_owned());
        let host = url.strip_prefix("http://").ok_or_else(address)?;
        let mut request = format!("ws://{host}/chat/ws/{room}").into_client_request().map_err(Box::new)?;
        let bearer = HeaderValue::from_str(&format!("Bearer {}", token.as_ref())).map_err(|_| address())?;
        request.headers_mut().insert("authorization", bearer);
        let (stream, _) = connect_async_with_config(request, None, NO_DELAY).await.map_err(Box::new)?;
        Ok(Self { stream })
    }

    /// Sends a message, without waiting for it to come back.
    ///
    /// # Errors
    /// [`ClientError`] if the socket is closed or failed.
    pub async fn send(&mut self, content: &str, nonce: Option<&str>) -> Result<(), ClientError> {
        let mut command = json!({ "content": content });
        if let Some(nonce) = nonce {
            command["nonce"] = nonce.into();
        }
        self.send_text(command.to_string()).await
    }

    /// Sends a text as it is.
    ///
    /// # Errors
    /// [`ClientError`] if the socket is closed or failed.
    pub async fn send_text(&mut self, text: String) -> Result<(), ClientError> {
        Ok(self.stream.send(Message::text(text)).await.map_err(Box::new)?)
    }

    /// Waits for the next frame; frames of types this client doesn't know are left out.
    ///
    /// # Errors
    /// [`ClientError::Closed`] when the server closed the socket.
    pub async fn next(&mut self) -> Result<SeedFrame, ClientError> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => {
                    if let Ok(frame) = serde_json::from_str(&text) {
                        return Ok(frame);
                    }
                }
                Some(Ok(Message::Close(frame))) => {
                    return Err(ClientError::Closed { code: frame.map_or(1005, |frame| frame.code.into()) });
                }
                Some(Ok(_)) => {}
                Some(Err(Error::ConnectionClosed | Error::AlreadyClosed)) | None => {
                    return Err(ClientError::Closed { code: 1006 });
                }
                Some(Err(error)) => return Err(Box::new(error).into()),
            }
        }
    }
}
