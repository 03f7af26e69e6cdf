//! A client of the gateway. Every frame it gets is checked against the AsyncAPI document.

use std::collections::VecDeque;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::schema::check_message;
use crate::server::{Person, SOON, Server, Socket};

/// What a handshake offers without a ticket.
pub(crate) const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "chinwag.v1");
/// The path.
pub(crate) const PATH: &str = "/api/v1/gateway";

/// A connection to the gateway.
pub(crate) struct Gateway {
    pub(crate) socket: Socket,
    /// Frames that came and weren't asked for yet.
    waiting: VecDeque<Value>,
    last_id: u64,
}

impl Gateway {
    /// Takes over a socket.
    pub(crate) fn on(socket: Socket) -> Self {
        Self { socket, waiting: VecDeque::new(), last_id: 0 }
    }

    /// Connects with a token in a header, and leaves `hello` behind.
    pub(crate) async fn connect(server: &Server, person: &Person) -> Self {
        let authorization = format!("Bearer {}", person.token);
        let socket = server.try_connect(PATH, &[PROTOCOL, ("authorization", &authorization)]).await.unwrap();
        let mut gateway = Self::on(socket);
        assert_eq!(gateway.next("hello").await["user"]["_id"], person.id.as_str());
        gateway
    }

    /// Connects and syncs, so that everything that follows is live.
    pub(crate) async fn live(server: &Server, person: &Person) -> Self {
        let mut gateway = Self::connect(server, person).await;
        gateway.ok(json!({"op": "sync"})).await;
        gateway.next("synced").await;
        gateway
    }

    /// Sends a command under a new id, and gives the id.
    pub(crate) async fn send(&mut self, mut command: Value) -> Value {
        self.last_id += 1;
        command["id"] = self.last_id.into();
        self.socket.send(&command.to_string()).await;
        self.last_id.into()
    }

    /// Sends bytes as one frame.
    pub(crate) async fn send_frame(&mut self, frame: Message) {
        self.socket.0.send(frame).await.unwrap();
    }

    /// Sends a command and gives its reply.
    pub(crate) async fn reply(&mut self, command: Value) -> Value {
        let id = self.send(command).await;
        self.find(|frame| frame["id"] == id && (frame["type"] == "ok" || frame["type"] == "error")).await
    }

    /// Sends a command that has to succeed.
    pub(crate) async fn ok(&mut self, command: Value) -> Value {
        let reply = self.reply(command.clone()).await;
        assert_eq!(reply["type"], "ok", "{command}: {reply}");
        reply
    }

    /// Sends a command that has to fail, and gives the code.
    pub(crate) async fn code(&mut self, command: Value) -> String {
        let reply = self.reply(command.clone()).await;
        assert_eq!(reply["type"], "error", "{command}: {reply}");
        reply["code"].as_str().unwrap().to_owned()
    }

    /// Waits for the next frame of that type; earlier ones stay for later questions.
    pub(crate) async fn next(&mut self, kind: &str) -> Value {
        self.find(|frame| frame["type"] == kind).await
    }

    /// Waits for a frame.
    pub(crate) async fn find(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        let wait = async {
            let mut seen = 0;
            loop {
                while seen < self.waiting.len() {
                    if wanted(&self.waiting[seen]) {
                        return self.waiting.remove(seen).unwrap();
                    }
                    seen += 1;
                }
                self.more().await;
            }
        };
        timeout(SOON, wait).await.expect("the frame comes")
    }

    /// Gives all frames that came until a `pong`, but for the replies to `pong`'s own command.
    pub(crate) async fn drain(&mut self) -> Vec<Value> {
        let id = self.send(json!({"op": "ping"})).await;
        self.find(|frame| frame["type"] == "pong" && frame["id"] == id).await;
        self.waiting.drain(..).collect()
    }

    /// Waits for the close frame and gives its code.
    pub(crate) async fn closed(self) -> u16 {
        self.socket.closed().await
    }

    async fn more(&mut self) {
        match self.socket.0.next().await {
            Some(Ok(Message::Text(text))) => {
                let frames = match serde_json::from_str(&text).unwrap() {
                    Value::Array(frames) => frames,
                    frame => vec![frame],
                };
                for frame in frames {
                    check_message(&format!("frame.{}", frame["type"].as_str().unwrap()), &frame);
                    self.waiting.push_back(frame);
                }
            }
            Some(Ok(Message::Close(close))) => panic!("closed: {close:?}"),
            Some(Ok(_)) => {}
            end => panic!("ended: {end:?}"),
        }
    }
}
