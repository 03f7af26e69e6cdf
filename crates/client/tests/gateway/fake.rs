//! A server that does what a test tells it to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use client::{Api, ClientSession, Gateway, GatewayOptions};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

/// How long anything that should happen may take.
const SOON: Duration = Duration::from_secs(20);
/// How a request for a gateway connection begins.
const UPGRADE: &[u8; 19] = b"GET /api/v1/gateway";
const SUBPROTOCOL: &str = "sec-websocket-protocol";

/// Answers REST by itself and gives every gateway connection to the test.
pub(crate) struct Fake {
    url: String,
    peers: mpsc::Receiver<Peer>,
    shared: Arc<Mutex<Shared>>,
    _tasks: JoinSet<()>,
}

#[derive(Default)]
struct Shared {
    /// Answers to tickets asked for, before they succeed: status and code.
    ticket_refusals: VecDeque<(u16, &'static str)>,
    refreshes: u32,
    /// How many pages were read.
    pages: u32,
}

impl Fake {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, peers) = mpsc::channel(10);
        let shared = Arc::new(Mutex::new(Shared::default()));
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, sender, Arc::clone(&shared)));
        Self { url, peers, shared, _tasks: tasks }
    }

    pub(crate) async fn log_in(&self) -> ClientSession {
        Api::new(&self.url).unwrap().log_in("ann", "correct horse battery").await.unwrap()
    }

    /// Starts a gateway that doesn't wait long.
    pub(crate) async fn gateway(&self) -> Gateway {
        self.gateway_with(options()).await
    }

    pub(crate) async fn gateway_with(&self, options: GatewayOptions) -> Gateway {
        Gateway::start(self.log_in().await, options)
    }

    /// Refuses the next request for a ticket.
    pub(crate) fn refuses_a_ticket(&self, status: u16, code: &'static str) {
        self.shared.lock().unwrap().ticket_refusals.push_back((status, code));
    }

    pub(crate) fn refreshes(&self) -> u32 {
        self.shared.lock().unwrap().refreshes
    }

    pub(crate) fn pages(&self) -> u32 {
        self.shared.lock().unwrap().pages
    }

    /// Waits for the next gateway connection.
    pub(crate) async fn accepts(&mut self) -> Peer {
        timeout(SOON, self.peers.recv()).await.expect("a connection in time").unwrap()
    }

    /// Waits for the next gateway connection and begins it as the server does; gives the client's `sync` too.
    pub(crate) async fn begins(&mut self) -> (Peer, Value) {
        let mut peer = self.accepts().await;
        peer.says(hello()).await;
        let sync = peer.hears().await;
        assert_eq!(sync["op"], "sync");
        (peer, sync)
    }
}

/// Gives options that keep tests quick.
pub(crate) fn options() -> GatewayOptions {
    let backoff_min = Duration::from_millis(5);
    GatewayOptions { backoff_min, backoff_max: Duration::from_millis(50), ..GatewayOptions::default() }
}

pub(crate) fn hello() -> Value {
    let limits = "message_characters message_bytes frame_bytes body_bytes json_depth username_min_characters \
        username_characters password_min_bytes password_bytes room_name_characters topic_characters sends_per_second \
        sends_burst commands_per_second commands_burst logins_per_account logins_per_address connections_per_user";
    let limits: serde_json::Map<_, _> = limits.split_whitespace().map(|name| (name.to_owned(), 0.into())).collect();
    json!({
        "type": "hello", "epoch": "e", "session": "s", "user": user(), "heartbeat_ms": 25_000, "limits": limits,
        "features": [], "server_time": "2026-11-03T09:05:00.120Z",
    })
}

/// Gives the list of rooms: one, whose head is there.
pub(crate) fn state(head: u64) -> Value {
    json!({"type": "state", "users": [], "rooms": [{
        "_id": "r", "name": "general", "kind": "public", "topic": "", "archived_at": null, "created_at": "",
        "member_count": 2, "head_seq": head, "head_rev": head, "role": "member",
    }]})
}

pub(crate) fn synced(head: u64) -> Value {
    json!({"type": "synced", "heads": {"r": head}})
}

/// Gives the message that was posted at that place.
pub(crate) fn message(seq: u64) -> Value {
    json!({
        "type": "message", "_id": format!("m{seq}"), "room": "general", "room_id": "r", "seq": seq, "rev": seq,
        "user_id": "u2", "username": "bob", "content": format!("text {seq}"), "created_at": "", "version": 1,
    })
}

fn user() -> Value {
    json!({"_id": "u1", "username": "ann", "created_at": "", "disabled": false})
}

/// The server's end of a gateway connection.
pub(crate) struct Peer {
    socket: WebSocketStream<TcpStream>,
    /// What the client offered as subprotocols.
    pub(crate) offered: String,
}

impl Peer {
    pub(crate) async fn says(&mut self, frame: Value) {
        self.socket.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// Waits for the next command.
    pub(crate) async fn hears(&mut self) -> Value {
        loop {
            match timeout(SOON, self.socket.next()).await.expect("a command in time").unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Close(_) => panic!("the client left"),
                _ => {}
            }
        }
    }

    pub(crate) async fn closes(mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        // The client may be gone already.
        let _ = self.socket.close(Some(frame)).await;
        while let Some(Ok(_)) = self.socket.next().await {}
    }
}

async fn serve(listener: TcpListener, peers: mpsc::Sender<Peer>, shared: Arc<Mutex<Shared>>) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        connections.spawn(answer(stream, peers.clone(), Arc::clone(&shared)));
    }
}

async fn answer(stream: TcpStream, peers: mpsc::Sender<Peer>, shared: Arc<Mutex<Shared>>) {
    let mut start = *UPGRADE;
    if stream.peek(&mut start).await.unwrap_or(0) == 0 {
        return;
    }
    if start != *UPGRADE {
        return rest(stream, &shared).await;
    }
    let mut offered = String::new();
    #[expect(clippy::result_large_err, reason = "the type of the callback")]
    let choose = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
        request.headers()[SUBPROTOCOL].to_str().unwrap().clone_into(&mut offered);
        response.headers_mut().insert(SUBPROTOCOL, HeaderValue::from_static("chinwag.v1"));
        Ok(response)
    };
    let socket = accept_hdr_async(stream, choose).await.unwrap();
    // The test may be over.
    let _ = peers.send(Peer { socket, offered }).await;
}

/// Answers one request and closes.
async fn rest(mut stream: TcpStream, shared: &Mutex<Shared>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.unwrap();
    let (status, body) = outcome(&head, shared);
    let body = body.to_string();
    let answer = format!(
        "HTTP/1.1 {status} Fine\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\
         Set-Cookie: chinwag_refresh=secret; Path=/; HttpOnly\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await.unwrap();
}

fn outcome(head: &str, shared: &Mutex<Shared>) -> (u16, Value) {
    let mut shared = shared.lock().unwrap();
    let fresh = format!("token {}", shared.refreshes);
    let problem = |status: u16, code: &str| {
        (status, json!({"type": "", "title": "", "status": status, "detail": "", "code": code, "request_id": ""}))
    };
    match head.split_whitespace().nth(1).unwrap() {
        "/api/v1/sessions" => {
            (201, json!({"access_token": fresh, "token_type": "bearer", "expires_in": 900, "user": user()}))
        }
        "/api/v1/sessions/refresh" => {
            assert!(head.contains("cookie: chinwag_refresh=secret"), "{head}");
            shared.refreshes += 1;
            let token = format!("token {}", shared.refreshes);
            (200, json!({"access_token": token, "token_type": "bearer", "expires_in": 900, "user": user()}))
        }
        "/api/v1/gateway-tickets" => match shared.ticket_refusals.pop_front() {
            Some((status, code)) => problem(status, code),
            None => (201, json!({"ticket": "once", "expires_in": 30})),
        },
        "/api/v1/rooms/general/join" if !head.contains(&format!("bearer {fresh}\r\n")) => problem(401, "token_expired"),
        "/api/v1/rooms/general/join" if shared.refreshes == 0 => problem(401, "token_expired"),
        "/api/v1/rooms/general/join" => (200, state(0)["rooms"][0].clone()),
        // A page of two messages, whose number is in the request.
        page if page.starts_with("/api/v1/rooms/r/messages?") => {
            let after: u64 = page.split("after=").nth(1).unwrap().parse().unwrap();
            shared.pages += 1;
            let items = [message(after + 1), message(after + 2)];
            (200, json!({"items": items, "head_seq": 9, "head_rev": 9, "has_before": true, "has_after": true}))
        }
        other => panic!("nobody asks for {other}"),
    }
}
