//! The way to a server, before anybody is signed in.

use std::time::Duration;

use protocol::{LimitsDto, LogInDto, OpenedSessionDto, ProblemDto, RegisterDto, ServerDto, UserDto};
use reqwest::header::COOKIE;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde::de::DeserializeOwned;

use crate::credentials::refresh_cookie;
use crate::error::ClientError;
use crate::session::ClientSession;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A server's REST interface. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct Api {
    http: Client,
    url: String,
}

impl Api {
    /// Points at a server, for example `http://127.0.0.1:8000`. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ClientError::Address`] for another scheme than http; TLS ends in a proxy in front of the server.
    pub fn new(url: &str) -> Result<Self, ClientError> {
        let url = url.trim_end_matches('/').to_owned();
        if !url.starts_with("http://") {
            return Err(ClientError::Address(url));
        }
        Ok(Self { http: Client::builder().timeout(TIMEOUT).build()?, url })
    }

    /// Gives the server's address, without a slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Asks what the server tells anybody about itself.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn server(&self) -> Result<ServerDto, ClientError> {
        self.call(self.request(Method::GET, "/api/v1/server")).await
    }

    /// Asks what a client may use.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn limits(&self) -> Result<LimitsDto, ClientError> {
        self.call(self.request(Method::GET, "/api/v1/limits")).await
    }

    /// Makes an account.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn register(&self, username: &str, password: &str) -> Result<UserDto, ClientError> {
        let body = RegisterDto { username: username.to_owned(), password: password.to_owned(), email: None };
        self.call(self.request(Method::POST, "/users/").json(&body)).await
    }

    /// Signs in.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn log_in(&self, username: &str, password: &str) -> Result<ClientSession, ClientError> {
        let body = LogInDto { username: username.to_owned(), password: password.to_owned() };
        let (opened, cookie) = self.opened(self.request(Method::POST, "/api/v1/sessions").json(&body)).await?;
        Ok(ClientSession::new(self.clone(), opened, cookie))
    }

    /// Exchanges a refresh cookie, once, for a session with a new token and a new cookie.
    pub(crate) async fn refresh(&self, cookie: &str) -> Result<(OpenedSessionDto, Option<String>), ClientError> {
        self.opened(self.request(Method::POST, "/api/v1/sessions/refresh").header(COOKIE, cookie)).await
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    /// Sends a request and reads the JSON of a successful answer.
    pub(crate) async fn call<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ClientError> {
        read(Self::answer(request).await?).await
    }

    /// Sends a request; an answer that isn't a success is an error.
    pub(crate) async fn answer(request: RequestBuilder) -> Result<Response, ClientError> {
        let response = request.send().await?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        match response.json::<ProblemDto>().await {
            Ok(problem) => Err(ClientError::Refused(Box::new(problem))),
            Err(_) => Err(ClientError::Unreadable { status: status.as_u16() }),
        }
    }

    async fn opened(&self, request: RequestBuilder) -> Result<(OpenedSessionDto, Option<String>), ClientError> {
        let response = Self::answer(request).await?;
        let cookie = refresh_cookie(&response);
        Ok((read(response).await?, cookie))
    }
}

/// Reads the JSON of an answer.
pub(crate) async fn read<T: DeserializeOwned>(response: Response) -> Result<T, ClientError> {
    let status = response.status().as_u16();
    response.json().await.map_err(|_| ClientError::Unreadable { status })
}
