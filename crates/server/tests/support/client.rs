//! Clients as the contract describes them.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::command::PATIENCE;

/// Makes a client that doesn't wait for ever.
pub(crate) fn http() -> reqwest::Client {
    reqwest::Client::builder().timeout(Duration::from_secs(10)).no_proxy().build().expect("a client")
}

/// Signs in as the seed's clients do, and gives the access token.
pub(crate) async fn log_in(url: &str, username: &str, password: &str) -> String {
    let form = [("username", username), ("password", password)];
    let response = http().post(format!("{url}/token")).form(&form).send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK, "the log-in of {username}");
    let body: Value = response.json().await.expect("JSON");
    body["access_token"].as_str().expect("a token").to_owned()
}

/// Gives the newest messages of a room, oldest first, as the seed's clients ask for them.
pub(crate) async fn history(url: &str, room: &str, token: &str) -> Vec<Value> {
    let response = http().get(format!("{url}/chat/messages/{room}?limit=200")).bearer_auth(token).send().await;
    let response = response.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK, "the history of {room}");
    response.json().await.expect("JSON")
}

/// Gives every message of a room, tombstones included, in the order of `seq`.
pub(crate) async fn whole_timeline(url: &str, room: &str, token: &str) -> Vec<Value> {
    let client = http();
    let mut messages = Vec::new();
    loop {
        let after = messages.last().map_or(0, |message: &Value| message["seq"].as_u64().expect("a seq"));
        let path = format!("{url}/api/v1/rooms/{room}/messages?after={after}&limit=100");
        let response = client.get(path).bearer_auth(token).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK, "a page of {room}");
        let page: Value = response.json().await.expect("JSON");
        let items = page["items"].as_array().expect("items").clone();
        if items.is_empty() {
            return messages;
        }
        messages.extend(items);
    }
}

/// A socket of the seed's kind.
#[derive(Debug)]
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens one in a room.
    pub(crate) async fn open(url: &str, room: &str, token: &str) -> Self {
        Self::try_open(url, room, token).await.expect("the upgrade is accepted")
    }

    /// Opens one to the gateway, with a ticket.
    pub(crate) async fn open_gateway(url: &str, token: &str) -> Self {
        let answer = http().post(format!("{url}/api/v1/gateway-tickets")).bearer_auth(token).send().await;
        let ticket: Value = answer.expect("an answer").json().await.expect("JSON");
        let gateway = format!("{}/api/v1/gateway", url.replacen("http", "ws", 1));
        let mut request = gateway.into_client_request().expect("a request");
        let offer = format!("chinwag.v1, ticket.{}", ticket["ticket"].as_str().expect("a ticket"));
        request.headers_mut().insert("sec-websocket-protocol", offer.parse().expect("a header"));
        Self(connect_async(request).await.expect("the upgrade is accepted").0)
    }

    /// Sends a command of the gateway.
    pub(crate) async fn command(&mut self, command: &Value) {
        self.0.send(Message::text(command.to_string())).await.expect("the socket is open");
    }

    /// Tries to.
    pub(crate) async fn try_open(
        url: &str,
        room: &str,
        token: &str,
    ) -> Result<Self, tokio_tungstenite::tungstenite::Error> {
        let url = format!("{}/chat/ws/{room}?token={token}", url.replacen("http", "ws", 1));
        connect_async(url).await.map(|(socket, _)| Self(socket))
    }

    /// Says something.
    pub(crate) async fn say(&mut self, content: &str) {
        let text = json!({ "content": content }).to_string();
        self.0.send(Message::text(text)).await.expect("the socket is open");
    }

    /// Waits for the next frame of that type and gives it; others are passed over.
    pub(crate) async fn next(&mut self, kind: &str) -> Value {
        self.next_of(&|frame| frame["type"] == kind).await
    }

    /// Waits for the next frame that is meant and gives it; others are passed over.
    pub(crate) async fn next_of(&mut self, meant: &(dyn Fn(&Value) -> bool + Sync)) -> Value {
        loop {
            match self.receive().await.expect("the socket is open") {
                Ok(frame) if meant(&frame) => return frame,
                Ok(_) => {}
                Err(close) => panic!("the socket was closed: {close:?}"),
            }
        }
    }

    /// Waits for the next message with that text.
    pub(crate) async fn hears(&mut self, content: &str) -> Value {
        loop {
            let frame = self.next("message").await;
            if frame["content"] == content {
                return frame;
            }
        }
    }

    /// Gives the next frame, the close frame, or nothing if the connection broke.
    pub(crate) async fn receive(&mut self) -> Option<Result<Value, Option<CloseFrame>>> {
        loop {
            match timeout(PATIENCE, self.0.next()).await.expect("a frame in time")? {
                Ok(Message::Text(text)) => return Some(Ok(serde_json::from_str(&text).expect("JSON"))),
                Ok(Message::Close(frame)) => return Some(Err(frame)),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }
}
