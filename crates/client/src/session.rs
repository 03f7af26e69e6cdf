//! A log-in, and what keeps it alive.

use std::sync::Arc;

use protocol::{ListDto, OpenedSessionDto, PrivacyDto, SessionDto, TicketDto, UpdateMeDto, UserDto};
use reqwest::{Method, RequestBuilder, Response};
use serde::de::DeserializeOwned;

use crate::api::{Api, read};
use crate::credentials::Credentials;
use crate::error::ClientError;

/// The code that says that an access token is past its time.
const EXPIRED: &str = "token_expired";

/// A log-in: every call proves it with its access token, and gets a new one when that is past its time. Cheap to
/// clone; clones are the same session.
#[derive(Debug, Clone)]
pub struct ClientSession {
    api: Api,
    credentials: Arc<Credentials>,
    user: Arc<UserDto>,
}

impl ClientSession {
    pub(crate) fn new(api: Api, opened: OpenedSessionDto, cookie: Option<String>) -> Self {
        let credentials = Arc::new(Credentials::new(opened.token.access_token, cookie));
        Self { api, credentials, user: Arc::new(opened.user) }
    }

    /// Gives the way to the server.
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// Gives the access token as it is now.
    pub fn token(&self) -> String {
        self.credentials.access_token()
    }

    /// Gives who is signed in, as of the log-in.
    pub fn user(&self) -> &UserDto {
        &self.user
    }

    /// Exchanges the refresh cookie for a new access token. Calls do it by themselves when they have to; it is done
    /// once however many clones ask at the same time.
    ///
    /// # Errors
    /// [`ClientError::Refused`] with `unauthenticated` if the session is over.
    pub async fn refresh(&self) -> Result<(), ClientError> {
        self.refresh_instead_of(&self.token()).await
    }

    /// Lists where the user is signed in.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn sessions(&self) -> Result<ListDto<SessionDto>, ClientError> {
        self.get("/api/v1/sessions").await
    }

    /// Ends one of the user's sessions.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn revoke_session(&self, id: &str) -> Result<(), ClientError> {
        self.execute(self.request(Method::DELETE, &format!("/api/v1/sessions/{id}"))).await.map(drop)
    }

    /// Ends this session; nothing can be asked with it or its clones afterwards.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn log_out(&self) -> Result<(), ClientError> {
        self.execute(self.request(Method::DELETE, "/api/v1/sessions/current")).await.map(drop)
    }

    /// Gets a ticket that opens one gateway connection within half a minute.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn ticket(&self) -> Result<TicketDto, ClientError> {
        self.call(self.request(Method::POST, "/api/v1/gateway-tickets")).await
    }

    /// Gives the account as it is now.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn me(&self) -> Result<UserDto, ClientError> {
        self.get("/api/v1/users/me").await
    }

    /// Chooses what the user shows of themselves.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn set_privacy(&self, privacy: PrivacyDto) -> Result<UserDto, ClientError> {
        let body = UpdateMeDto { privacy: Some(privacy) };
        self.call(self.request(Method::PATCH, "/api/v1/users/me").json(&body)).await
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.api.request(method, path)
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        self.call(self.request(Method::GET, path)).await
    }

    /// Sends a request as the user and reads the JSON of the answer.
    pub(crate) async fn call<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ClientError> {
        read(self.execute(request).await?).await
    }

    /// Sends a request as the user; once more with a new token if the token was past its time.
    pub(crate) async fn execute(&self, request: RequestBuilder) -> Result<Response, ClientError> {
        let (token, again) = (self.token(), request.try_clone());
        match (Api::answer(request.bearer_auth(&token)).await, again) {
            (Err(error), Some(again)) if error.code() == Some(EXPIRED) => {
                self.refresh_instead_of(&token).await?;
                Api::answer(again.bearer_auth(self.token())).await
            }
            (outcome, _) => outcome,
        }
    }

    /// Gets a new token, unless somebody already got one instead of that one.
    async fn refresh_instead_of(&self, token: &str) -> Result<(), ClientError> {
        let _alone = self.credentials.lock().await;
        if self.token() != token {
            return Ok(());
        }
        let cookie = self.credentials.cookie().unwrap_or_default();
        let (opened, cookie) = self.api.refresh(&cookie).await?;
        self.credentials.replace(opened.token.access_token, cookie);
        Ok(())
    }
}
