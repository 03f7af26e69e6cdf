//! What signed-in clients can ask for.

use protocol::{
    ChangesDto, CreateRoomDto, DetailDto, ListDto, MessageDto, MessagePageDto, OpenedSessionDto, PostMessageDto,
    PostedDto, RoomDto, UserDto,
};
use reqwest::Method;

use crate::api::Api;
use crate::error::ClientError;

/// A log-in: every call proves it with its access token.
#[derive(Debug, Clone)]
pub struct ClientSession {
    api: Api,
    opened: OpenedSessionDto,
}

impl ClientSession {
    pub(crate) fn new(api: Api, opened: OpenedSessionDto) -> Self {
        Self { api, opened }
    }

    /// Gives the access token.
    pub fn token(&self) -> &str {
        &self.opened.token.access_token
    }

    /// Gives who is signed in.
    pub fn user(&self) -> &UserDto {
        &self.opened.user
    }

    /// Makes a room that the user owns; `kind` is `public`, `private` or `announce`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn create_room(&self, name: &str, kind: &str) -> Result<RoomDto, ClientError> {
        let body = CreateRoomDto { name: name.to_owned(), kind: kind.to_owned(), topic: None };
        self.api.call(self.api.request(Method::POST, "/api/v1/rooms").bearer_auth(self.token()).json(&body)).await
    }

    /// Lists the first page of the user's rooms.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn rooms(&self) -> Result<ListDto<RoomDto>, ClientError> {
        self.get("/api/v1/rooms").await
    }

    /// Becomes a member of a room, by name or id.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn join(&self, room: &str) -> Result<RoomDto, ClientError> {
        let path = format!("/api/v1/rooms/{room}/join");
        self.api.call(self.api.request(Method::POST, &path).bearer_auth(self.token())).await
    }

    /// Posts a message. With a nonce it may be called again after a failure: the message is stored once.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn post(&self, room: &str, content: &str, nonce: Option<&str>) -> Result<PostedDto, ClientError> {
        let path = format!("/api/v1/rooms/{room}/messages");
        let body = PostMessageDto { content: content.to_owned(), nonce: nonce.map(str::to_owned) };
        self.api.call(self.api.request(Method::POST, &path).bearer_auth(self.token()).json(&body)).await
    }

    /// Gives the newest messages, or those before `before` (exclusive); `limit` at most 100.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn page(&self, room: &str, before: Option<u64>, limit: u64) -> Result<MessagePageDto, ClientError> {
        let before = before.map(|seq| format!("&before={seq}")).unwrap_or_default();
        self.get(&format!("/api/v1/rooms/{room}/messages?limit={limit}{before}")).await
    }

    /// Gives what changed after `after` (exclusive), by `rev`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn changes(&self, room: &str, after: u64) -> Result<ChangesDto, ClientError> {
        self.get(&format!("/api/v1/rooms/{room}/changes?after={after}")).await
    }

    /// Lists the latest messages that still exist, oldest first, as the seed's API does.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn seed_messages(&self, room: &str, limit: u64) -> Result<Vec<MessageDto>, ClientError> {
        self.get(&format!("/chat/messages/{room}?limit={limit}")).await
    }

    /// Deletes a message, as the seed's API does.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn delete_message(&self, id: &str) -> Result<DetailDto, ClientError> {
        let path = format!("/chat/messages/{id}");
        self.api.call(self.api.request(Method::DELETE, &path).bearer_auth(self.token())).await
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        self.api.call(self.api.request(Method::GET, path).bearer_auth(self.token())).await
    }
}
