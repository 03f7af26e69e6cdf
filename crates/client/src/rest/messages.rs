//! Messages and the windows on timelines.

use protocol::{
    ChangesDto, DetailDto, EditMessageDto, ListDto, MessageDto, MessagePageDto, PostMessageDto, PostedDto, ReaderDto,
    ThreadDto, VersionDto,
};
use reqwest::Method;

use super::segment;
use crate::error::ClientError;
use crate::session::ClientSession;

fn path(message: &str, rest: &str) -> String {
    format!("/api/v1/messages/{}{rest}", segment(message))
}

fn reaction(message: &str, emoji: &str) -> String {
    path(message, &format!("/reactions/{}", segment(emoji)))
}

impl ClientSession {
    /// Posts a message. With a nonce it may be called again after a failure: the message is stored once.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn post(&self, room: &str, content: &str, nonce: Option<&str>) -> Result<PostedDto, ClientError> {
        let (content, nonce) = (content.to_owned(), nonce.map(str::to_owned));
        self.post_message(room, &PostMessageDto { content, nonce, reply_to: None, thread: None }).await
    }

    /// Posts a message that may answer another one or belong to a thread.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn post_message(&self, room: &str, message: &PostMessageDto) -> Result<PostedDto, ClientError> {
        let path = format!("/api/v1/rooms/{}/messages", segment(room));
        self.call(self.request(Method::POST, &path).json(message)).await
    }

    /// Gives the newest messages, or those before `before` (exclusive); `limit` at most 100.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn page(&self, room: &str, before: Option<u64>, limit: u64) -> Result<MessagePageDto, ClientError> {
        let before = before.map(|seq| format!("&before={seq}")).unwrap_or_default();
        self.get(&format!("/api/v1/rooms/{}/messages?limit={limit}{before}", segment(room))).await
    }

    /// Gives the messages after `after` (exclusive), ascending; `limit` at most 100.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn page_after(&self, room: &str, after: u64, limit: u64) -> Result<MessagePageDto, ClientError> {
        self.get(&format!("/api/v1/rooms/{}/messages?limit={limit}&after={after}", segment(room))).await
    }

    /// Gives the messages before, at and after `seq`; `limit` at most 100.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn page_around(&self, room: &str, seq: u64, limit: u64) -> Result<MessagePageDto, ClientError> {
        self.get(&format!("/api/v1/rooms/{}/messages?limit={limit}&around={seq}", segment(room))).await
    }

    /// Gives what changed after `after` (exclusive), by `rev`, at most 200 messages.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn changes(&self, room: &str, after: u64) -> Result<ChangesDto, ClientError> {
        self.get(&format!("/api/v1/rooms/{}/changes?after={after}", segment(room))).await
    }

    /// Gives a message as it is now.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn view_message(&self, id: &str) -> Result<MessageDto, ClientError> {
        self.get(&path(id, "")).await
    }

    /// Replaces the text of one of the user's own messages; `version` is the one that is being replaced. Idempotent.
    ///
    /// # Errors
    /// [`ClientError`]; with `version_mismatch`, [`ClientError::current`] gives the message as it is now.
    pub async fn edit(&self, id: &str, content: &str, version: u32) -> Result<MessageDto, ClientError> {
        let body = EditMessageDto { content: content.to_owned(), version: version.into() };
        self.call(self.request(Method::PATCH, &path(id, "")).json(&body)).await
    }

    /// Deletes a message and gives its tombstone. One that was deleted before is `not_found`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn delete(&self, id: &str) -> Result<MessageDto, ClientError> {
        self.call(self.request(Method::DELETE, &path(id, ""))).await
    }

    /// Lists the texts a message has had, from the first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn versions(&self, id: &str) -> Result<ListDto<VersionDto>, ClientError> {
        self.get(&path(id, "/versions")).await
    }

    /// Reacts to a message. Idempotent.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn react(&self, id: &str, emoji: &str) -> Result<MessageDto, ClientError> {
        self.call(self.request(Method::PUT, &reaction(id, emoji))).await
    }

    /// Takes a reaction back. Idempotent.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn unreact(&self, id: &str, emoji: &str) -> Result<MessageDto, ClientError> {
        self.call(self.request(Method::DELETE, &reaction(id, emoji))).await
    }

    /// Pins a message to its room. Idempotent.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn pin(&self, id: &str) -> Result<MessageDto, ClientError> {
        self.call(self.request(Method::PUT, &path(id, "/pin"))).await
    }

    /// Takes a message off its room's pins. Idempotent.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn unpin(&self, id: &str) -> Result<MessageDto, ClientError> {
        self.call(self.request(Method::DELETE, &path(id, "/pin"))).await
    }

    /// Lists a page of a room's pinned messages, newest first; `cursor` is the `next` of the page before.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn pins(&self, room: &str, cursor: Option<&str>) -> Result<ListDto<MessageDto>, ClientError> {
        let request = self.request(Method::GET, &format!("/api/v1/rooms/{}/pins", segment(room)));
        self.call(if let Some(cursor) = cursor { request.query(&[("cursor", cursor)]) } else { request }).await
    }

    /// Lists who has read a message, as far as they and the user show that.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn readers(&self, id: &str) -> Result<ListDto<ReaderDto>, ClientError> {
        self.get(&path(id, "/readers")).await
    }

    /// Gives a message's thread with its replies after `after` (exclusive), at most 100.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn thread(&self, id: &str, after: u64) -> Result<ThreadDto, ClientError> {
        self.get(&path(id, &format!("/thread?after={after}&limit=100"))).await
    }

    /// Follows a message's thread, or stops following it. Idempotent.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn follow_thread(&self, id: &str, follows: bool) -> Result<(), ClientError> {
        let method = if follows { Method::PUT } else { Method::DELETE };
        self.execute(self.request(method, &path(id, "/thread/follow"))).await.map(drop)
    }

    /// Lists the latest messages that still exist, oldest first, as the seed's API does.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn seed_messages(&self, room: &str, limit: u64) -> Result<Vec<MessageDto>, ClientError> {
        self.get(&format!("/chat/messages/{}?limit={limit}", segment(room))).await
    }

    /// Deletes a message, as the seed's API does.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn delete_message(&self, id: &str) -> Result<DetailDto, ClientError> {
        self.call(self.request(Method::DELETE, &format!("/chat/messages/{}", segment(id)))).await
    }
}
