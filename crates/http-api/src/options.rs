//! What an operator can set about the HTTP side.

use std::time::Duration;

use crate::edge::TrustedProxy;
use crate::set_up_token::SetUpToken;

/// What an operator can set. Every field has a sensible default: `HttpOptions { … , ..HttpOptions::default() }`.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// The server's own version, as `GET /api/v1/server` and the OpenAPI document tell it.
    pub version: String,
    /// Where browsers reach the server, for example `https://chat.example`, without a path; `None` accepts
    /// whatever host a request names.
    pub public_origin: Option<String>,
    /// Other exact origins whose pages may call the API and open sockets.
    pub cors_origins: Vec<String>,
    /// Marks the refresh cookie `Secure` even without a public origin that begins with `https`.
    pub secure_cookies: bool,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<TrustedProxy>,
    /// What a client may use.
    pub limits: Limits,
    /// How long things may take.
    pub timings: Timings,
    /// The accounts to show on the log-in page; empty without demo mode.
    pub demo_accounts: Vec<DemoAccount>,
    /// The secret of the set-up link, if the server hasn't been set up.
    pub set_up_token: Option<SetUpToken>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            public_origin: None,
            cors_origins: Vec::new(),
            secure_cookies: false,
            trusted_proxies: Vec::new(),
            limits: Limits::default(),
            timings: Timings::default(),
            demo_accounts: Vec::new(),
            set_up_token: None,
        }
    }
}

impl HttpOptions {
    /// Tells whether browsers reach the server over TLS only, as far as the options say.
    pub fn is_https(&self) -> bool {
        self.public_origin.as_deref().is_some_and(|origin| origin.starts_with("https://"))
    }
}

/// An account that the log-in page shows with its password. For demonstrations only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAccount {
    /// The name to sign in with.
    pub username: String,
    /// The password.
    pub password: String,
}

/// What a client may use; 0 switches a limit off. The sizes of texts are fixed by the domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of one message on a socket, all its fragments together; without a limit 1 MiB.
    pub frame_bytes: usize,
    /// How deep arrays and objects of a JSON body may be nested.
    pub json_depth: usize,
    /// How many messages a user may send each second, on REST and sockets together.
    pub sends_per_second: u32,
    /// How many messages a user may send at once after a pause.
    pub sends_burst: u32,
    /// How many other requests a user may make each second.
    pub commands_per_second: u32,
    /// How many other requests a user may make at once after a pause.
    pub commands_burst: u32,
    /// How many failed log-ins an account has in 15 minutes before further ones are delayed.
    pub logins_per_account: u32,
    /// How many log-ins and sign-ups may come from an address in a minute.
    pub logins_per_address: u32,
    /// The most bytes of a request's body.
    pub body_bytes: usize,
    /// The most bytes of a request's line and headers; at least 8 KiB.
    pub header_bytes: usize,
    /// How many connections a user may have; published here, held by the hub.
    pub connections_per_user: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frame_bytes: 64 * 1024,
            json_depth: 16,
            sends_per_second: 5,
            sends_burst: 15,
            commands_per_second: 20,
            commands_burst: 40,
            logins_per_account: 10,
            logins_per_address: 30,
            body_bytes: 64 * 1024,
            header_bytes: 16 * 1024,
            connections_per_user: 20,
        }
    }
}

impl Limits {
    /// Switches every limit off, for load tests.
    pub const OFF: Self = Self {
        frame_bytes: 0,
        json_depth: 0,
        sends_per_second: 0,
        sends_burst: 0,
        commands_per_second: 0,
        commands_burst: 0,
        logins_per_account: 0,
        logins_per_address: 0,
        body_bytes: 0,
        header_bytes: 0,
        connections_per_user: 0,
    };
}

/// How long things may take, on the monotonic clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timings {
    /// From the first wait for a request to the end of its headers.
    pub header_read: Duration,
    /// From the end of the headers to the end of the body.
    pub body_read: Duration,
    /// From the end of the headers to the answer.
    pub request: Duration,
    /// From the opening of a gateway connection without credentials to the frame that brings them.
    pub auth: Duration,
    /// A socket from which nothing was heard for this long is pinged.
    pub ping_after: Duration,
    /// A socket from which nothing was heard for this long is closed.
    pub silent_after: Duration,
    /// A socket that takes no bytes for this long is closed.
    pub write_stall: Duration,
    /// From the wish to stop to the end of every connection.
    pub shutdown: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            header_read: Duration::from_secs(10),
            body_read: Duration::from_secs(10),
            request: Duration::from_secs(30),
            auth: Duration::from_secs(5),
            ping_after: Duration::from_secs(25),
            silent_after: Duration::from_secs(60),
            write_stall: Duration::from_secs(15),
            shutdown: Duration::from_secs(10),
        }
    }
}
