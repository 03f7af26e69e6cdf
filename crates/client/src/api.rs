//! The way to a server, before anybody is signed in.

use std::time::Duration;

use protocol::{LogInDto, OpenedSessionDto, ProblemDto, RegisterDto, UserDto};
use reqwest::{Client, Method, RequestBuilder};
use serde::de::DeserializeOwned;

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
        let opened: OpenedSessionDto = self.call(self.request(Method::POST, "/api/v1/sessions").json(&body)).await?;
        Ok(ClientSession::new(self.clone(), opened))
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    pub(crate) async fn call<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ClientError> {
        let response = request.send().await?;
        let status = response.status();
        let unreadable = ClientError::Unreadable { status: status.as_u16() };
        if status.is_success() {
            return response.json().await.map_err(|_| unreadable);
        }
        match response.json::<ProblemDto>().await {
            Ok(problem) => Err(ClientError::Refused(Box::new(problem))),
            Err(_) => Err(unreadable),
        }
    }
}
