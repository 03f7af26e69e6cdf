//! One connection to the gateway, frame by frame.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use protocol::GatewayFrame;
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{WebSocketStream, client_async};

/// How to connect.
#[derive(Debug, Clone, Copy, Default)]
pub struct SocketOptions {
    /// How many bytes the kernel keeps for a reader that doesn't read; as many as it likes if 0.
    pub receive_buffer: u32,
}

/// A connection to the gateway, with `hello` still to come.
#[derive(Debug)]
pub struct GatewaySocket {
    stream: WebSocketStream<TcpStream>,
    waiting: VecDeque<GatewayFrame>,
    /// The code with which the server closed, once it has.
    pub close_code: Option<u16>,
}

impl GatewaySocket {
    /// Connects with an access token.
    ///
    /// # Errors
    /// If there is no server, or it refuses.
    pub async fn connect(address: SocketAddr, token: &str, options: SocketOptions) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        if options.receive_buffer > 0 {
            socket.set_recv_buffer_size(options.receive_buffer)?;
        }
        let tcp = socket.connect(address).await?;
        tcp.set_nodelay(true)?;
        let mut request = format!("ws://{address}/api/v1/gateway").into_client_request()?;
        let headers = request.headers_mut();
        headers.insert("authorization", HeaderValue::from_str(&format!("Bearer {token}"))?);
        headers.insert("sec-websocket-protocol", HeaderValue::from_static("chinwag.v1"));
        let (stream, _) = client_async(request, tcp).await?;
        Ok(Self { stream, waiting: VecDeque::new(), close_code: None })
    }

    /// Sends a command.
    ///
    /// # Errors
    /// If the connection is gone.
    pub async fn send(&mut self, command: &Value) -> Result<()> {
        Ok(self.stream.send(Message::text(command.to_string())).await?)
    }

    /// Asks for everything after these changes, by room.
    ///
    /// # Errors
    /// If the connection is gone.
    pub async fn sync(&mut self, epoch: Option<&str>, rooms: &BTreeMap<String, u64>) -> Result<()> {
        let mut command = json!({ "op": "sync", "id": "sync", "rooms": rooms });
        if let Some(epoch) = epoch {
            command["epoch"] = epoch.into();
        }
        self.send(&command).await
    }

    /// Waits for the next frame. A `ping` is answered besides.
    ///
    /// # Errors
    /// When the connection ends, or something comes in that is no frame.
    pub async fn next(&mut self) -> Result<GatewayFrame> {
        loop {
            if let Some(frame) = self.waiting.pop_front() {
                if matches!(frame, GatewayFrame::Ping(_)) {
                    self.send(&json!({ "op": "pong" })).await?;
                }
                return Ok(frame);
            }
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => self.take_in(&text)?,
                Some(Ok(Message::Close(frame))) => {
                    self.close_code = frame.map(|frame| frame.code.into());
                    bail!("the server closed with {:?}", self.close_code);
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => bail!("the connection ended"),
            }
        }
    }

    /// Waits for the answer to the command of that id; frames before it are given to `meanwhile`.
    ///
    /// # Errors
    /// When the connection ends.
    pub async fn reply(&mut self, id: &Value, mut meanwhile: impl FnMut(GatewayFrame)) -> Result<GatewayFrame> {
        loop {
            let frame = self.next().await?;
            let answered = match &frame {
                GatewayFrame::Ok(ok) => ok.id.as_ref(),
                GatewayFrame::Error(error) => error.id.as_ref(),
                GatewayFrame::Pong(pong) => pong.id.as_ref(),
                _ => None,
            };
            if answered == Some(id) {
                return Ok(frame);
            }
            meanwhile(frame);
        }
    }

    fn take_in(&mut self, text: &str) -> Result<()> {
        let frames: Value = serde_json::from_str(text).with_context(|| format!("no JSON: {text}"))?;
        let frames = if let Value::Array(frames) = frames { frames } else { vec![frames] };
        for frame in frames {
            self.waiting.push_back(serde_json::from_value(frame).with_context(|| format!("no frame: {text}"))?);
        }
        Ok(())
    }
}
