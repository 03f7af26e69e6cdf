//! A server on a free port, and people who use it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use domain::model::{Password, Username};
use domain::usecase::{Register, register};
use domain::{Ports, SessionPolicy};
use futures_util::{SinkExt, StreamExt};
use http_api::{App, HttpOptions, Readiness, serve};
use infra_auth::{Argon2Options, Argon2PasswordHasher, JwtAccessTokens, OsSecretGenerator, SigningKey};
use infra_memory::{LocalBroadcaster, MemoryStore};
use realtime::{Hub, HubOptions};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use testkit::{FixedClock, SequentialIds};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long anything that should happen may take.
pub(crate) const SOON: Duration = Duration::from_secs(10);
/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A running server.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) ports: Ports,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) readiness: Readiness,
    pub(crate) shutdown: CancellationToken,
    pub(crate) served: JoinHandle<std::io::Result<()>>,
    pub(crate) http: Client,
}

/// Somebody who signed in.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) token: String,
}

impl Server {
    /// Starts a server with the usual options.
    pub(crate) async fn start() -> Self {
        Self::with(HttpOptions::default()).await
    }

    /// Starts a server with those options.
    pub(crate) async fn with(options: HttpOptions) -> Self {
        Self::on(LocalBroadcaster::new(), options).await
    }

    async fn on(broadcaster: LocalBroadcaster, options: HttpOptions) -> Self {
        let store = MemoryStore::new();
        let clock = Arc::new(FixedClock::default());
        let cheap = Argon2Options { memory_kib: 8, passes: 1, lanes: 1, workers: 2, queue: 1000 };
        let ports = Ports {
            users: store.users(),
            sessions: store.sessions(),
            rooms: store.rooms(),
            memberships: store.memberships(),
            messages: store.messages(),
            read_states: store.read_states(),
            threads: store.threads(),
            presences: store.presences(),
            tickets: store.tickets(),
            dataset: store.dataset(),
            broadcaster: Arc::new(broadcaster),
            passwords: Arc::new(Argon2PasswordHasher::start(cheap).unwrap()),
            access_tokens: Arc::new(JwtAccessTokens::new(&SigningKey::from_bytes([7; 32]))),
            secrets: Arc::new(OsSecretGenerator),
            clock: clock.clone(),
            ids: Arc::new(SequentialIds::new()),
            session_policy: SessionPolicy::default(),
        };
        Self::of(ports, clock, options).await
    }

    /// Starts a server on those ports.
    pub(crate) async fn of(ports: Ports, clock: Arc<FixedClock>, options: HttpOptions) -> Self {
        let hub_options = HubOptions { connections_per_user: options.limits.connections_per_user };
        let hub = Hub::start(ports.clone(), hub_options, TaskTracker::new());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (readiness, shutdown) = (Readiness::new(), CancellationToken::new());
        let app = App {
            ports: ports.clone(),
            hub: hub.clone(),
            options,
            readiness: readiness.clone(),
            render_metrics: Arc::new(|| "chinwag_up 1\n".to_owned()),
        };
        #[expect(clippy::disallowed_methods, reason = "the test awaits the task where it stops the server")]
        let served = tokio::spawn(serve(listener, app, shutdown.clone()));
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(SOON).build().unwrap();
        Self { address, ports, clock, hub, readiness, shutdown, served, http }
    }

    /// Gives a URL.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Makes an account without HTTP, so that no limit counts it, and signs it in.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let (username, password) = (Username::parse(name).unwrap(), Password::parse(PASSWORD).unwrap());
        let user = register(&self.ports, Register { username, password, email: None, is_admin: false }).await.unwrap();
        Person { id: user.id.to_string(), token: self.log_in(name).await }
    }

    /// Opens another session.
    pub(crate) async fn log_in(&self, name: &str) -> String {
        let opened = domain::usecase::log_in(
            &self.ports,
            domain::usecase::LogIn {
                username: name.to_owned(),
                password: Password::attempt(PASSWORD),
                device: domain::model::Device::describe("a test"),
            },
        );
        opened.await.unwrap().access_token.reveal().to_owned()
    }

    /// Begins a request of that person.
    pub(crate) fn request(&self, method: &str, path: &str, person: &Person) -> RequestBuilder {
        self.http.request(method.parse().unwrap(), self.url(path)).bearer_auth(&person.token)
    }

    /// Gets JSON; fails on any other status than 200.
    pub(crate) async fn get(&self, path: &str, person: &Person) -> Value {
        let response = self.request("GET", path, person).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    /// Posts JSON.
    pub(crate) async fn post(&self, path: &str, person: &Person, body: &Value) -> Response {
        self.request("POST", path, person).json(body).send().await.unwrap()
    }

    /// Makes a room.
    pub(crate) async fn room(&self, owner: &Person, name: &str, kind: &str) -> Value {
        let response = self.post("/api/v1/rooms", owner, &json!({"name": name, "kind": kind})).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        response.json().await.unwrap()
    }

    /// Connects to a room with a WebSocket client.
    pub(crate) async fn connect(&self, room: &str, person: &Person) -> Socket {
        self.try_connect(&format!("/chat/ws/{room}?token={}", person.token), &[]).await.unwrap()
    }

    /// Tries to connect; a refusal gives the status and the problem.
    pub(crate) async fn try_connect(
        &self,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Socket, (u16, Value)> {
        let mut request = format!("ws://{}{path}", self.address).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Socket(stream)),
            Err(tungstenite::Error::Http(response)) => {
                let body = response.body().as_deref().unwrap_or_default();
                Err((response.status().as_u16(), serde_json::from_slice(body).unwrap_or_default()))
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// A WebSocket client.
pub(crate) struct Socket(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Sends a message's text.
    pub(crate) async fn say(&mut self, content: &str) {
        self.send(&json!({"content": content}).to_string()).await;
    }

    /// Sends a text frame.
    pub(crate) async fn send(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    /// Waits for the next frame of that type, leaving others out; fails if the socket closes.
    pub(crate) async fn next(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.any().await;
            if frame["type"] == kind {
                return frame;
            }
        }
    }

    /// Waits for the next frame.
    pub(crate) async fn any(&mut self) -> Value {
        let wait = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                    Some(Ok(Message::Close(close))) => panic!("closed: {close:?}"),
                    Some(Ok(_)) => {}
                    end => panic!("ended: {end:?}"),
                }
            }
        };
        tokio::time::timeout(SOON, wait).await.expect("a frame comes")
    }

    /// Waits for the message of that text.
    pub(crate) async fn find_text(&mut self, content: &str) -> Value {
        loop {
            let frame = self.any().await;
            if frame["content"] == content {
                return frame;
            }
        }
    }

    /// Waits for the close frame and gives its code.
    pub(crate) async fn closed(mut self) -> u16 {
        let wait = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Close(close))) => return close.map_or(1005, |close| close.code.into()),
                    Some(Ok(_)) => {}
                    _ => return 1006,
                }
            }
        };
        tokio::time::timeout(SOON, wait).await.expect("the socket closes")
    }
}

/// Reads a problem and checks what every problem has.
pub(crate) async fn problem(response: Response) -> Value {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let request_id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let problem: Value = response.json().await.unwrap();
    assert_eq!(problem["status"], status);
    assert_eq!(problem["request_id"], request_id);
    let code = problem["code"].as_str().unwrap();
    assert!(domain::ErrorCode::ALL.iter().any(|known| known.as_str() == code), "{code}");
    for key in ["type", "title", "detail"] {
        assert!(!problem[key].as_str().unwrap().is_empty(), "{key}");
    }
    problem
}

/// Checks a refusal's status and code, and gives the problem.
pub(crate) async fn refused(response: Response, status: u16, code: &str) -> Value {
    let found = response.status().as_u16();
    let problem = problem(response).await;
    assert_eq!((found, problem["code"].as_str().unwrap()), (status, code), "{problem}");
    problem
}
