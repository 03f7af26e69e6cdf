//! Rooms, their members and read positions.

use protocol::{CreateRoomDto, ListDto, MarkDto, MarkerDto, MemberDto, RoomDto, UpdateRoomDto};
use reqwest::Method;

use super::segment;
use crate::error::ClientError;
use crate::session::ClientSession;

fn path(room: &str, rest: &str) -> String {
    format!("/api/v1/rooms/{}{rest}", segment(room))
}

impl ClientSession {
    /// Makes a room that the user owns; `kind` is `public`, `private` or `announce`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn create_room(&self, name: &str, kind: &str) -> Result<RoomDto, ClientError> {
        let body = CreateRoomDto { name: name.to_owned(), kind: kind.to_owned(), topic: None };
        self.call(self.request(Method::POST, "/api/v1/rooms").json(&body)).await
    }

    /// Lists the first page of the user's rooms.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn rooms(&self) -> Result<ListDto<RoomDto>, ClientError> {
        self.get("/api/v1/rooms").await
    }

    /// Lists rooms anybody may join, by the beginning of their name.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn directory(&self, query: &str) -> Result<ListDto<RoomDto>, ClientError> {
        self.call(self.request(Method::GET, "/api/v1/rooms/directory").query(&[("query", query)])).await
    }

    /// Gives a room, by name or id.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn view_room(&self, room: &str) -> Result<RoomDto, ClientError> {
        self.get(&path(room, "")).await
    }

    /// Changes a room.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn update_room(&self, room: &str, update: &UpdateRoomDto) -> Result<RoomDto, ClientError> {
        self.call(self.request(Method::PATCH, &path(room, "")).json(update)).await
    }

    /// Becomes a member of a room, by name or id. Idempotent.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn join(&self, room: &str) -> Result<RoomDto, ClientError> {
        self.call(self.request(Method::POST, &path(room, "/join"))).await
    }

    /// Stops being a member of a room. Idempotent.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn leave(&self, room: &str) -> Result<(), ClientError> {
        self.execute(self.request(Method::POST, &path(room, "/leave"))).await.map(drop)
    }

    /// Lists a page of a room's members; `cursor` is the `next` of the page before.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn members(&self, room: &str, cursor: Option<&str>) -> Result<ListDto<MemberDto>, ClientError> {
        let request = self.request(Method::GET, &path(room, "/members"));
        self.call(if let Some(cursor) = cursor { request.query(&[("cursor", cursor)]) } else { request }).await
    }

    /// Says that everything up to `seq` is read. A position doesn't go back unless `unread` is `true`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn mark(&self, room: &str, seq: u64, unread: bool) -> Result<MarkerDto, ClientError> {
        self.call(self.request(Method::PUT, &path(room, "/marker")).json(&MarkDto { seq, unread })).await
    }
}
