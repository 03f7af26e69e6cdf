//! The one message object, wherever it appears.

use domain::model::{
    Excerpt, Mentions, Message, MessageBody, MessageContent, MessageId, MessageKind, ReplyPreview, UserId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::reaction::ReactionDto;
use crate::time::format_time;

/// A message or its tombstone. Of two with the same `_id`, the one with the greater `rev` is the newer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(title = "Message")]
pub struct MessageDto {
    /// Names the message for ever.
    #[serde(rename = "_id")]
    pub id: String,
    /// The room's name, or its id where it has none.
    pub room: String,
    /// The room's id.
    pub room_id: String,
    /// Its place in the room: 1, 2, 3, … without gaps.
    pub seq: u64,
    /// The number of its latest change in the room.
    pub rev: u64,
    /// Who wrote it.
    pub user_id: String,
    /// The author's name when it was written.
    pub username: String,
    /// The text; absent in a tombstone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// When it was accepted.
    pub created_at: String,
    /// `system` for what the server wrote; absent for what people wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Counts the texts it has had: 1 as posted. To be named by whoever edits it; absent in a tombstone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// When the text was last replaced; absent if it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<String>,
    /// `true` in a tombstone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// The message it answers; absent if it answers none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<ReplyToDto>,
    /// The thread it belongs to; absent if it belongs to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<ThreadRefDto>,
    /// Whom the text calls: ids of users, and the words `room` and `here` for everybody. Absent if nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<String>,
    /// Who reacted with what, by kind in the order of their first use; absent if nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<ReactionDto>,
    /// When it was pinned; absent unless it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned_at: Option<String>,
    /// The author's name for the intent to send it; sent to its author only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
}

/// The message that another one answers, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplyToDto {
    /// Names it.
    #[serde(rename = "_id")]
    pub id: String,
    /// Its place in the room.
    pub seq: u64,
    /// Who wrote it.
    pub user_id: String,
    /// The author's name when it was written.
    pub username: String,
    /// Its beginning on one line, at most 140 characters; absent once it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
}

/// The thread that a message belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ThreadRefDto {
    /// The id of the message that began it.
    pub root: String,
}

impl MessageDto {
    /// Gives the message as frames have it: the same for everybody but its author, who sees the nonce.
    pub fn in_frame(message: &Message, room: &str, viewer: Option<UserId>) -> Self {
        let mut dto = Self::new(message, room, viewer);
        for reaction in &mut dto.reactions {
            reaction.me = false;
        }
        dto
    }

    /// Gives the message as `viewer` sees it; without a viewer, as everybody but its author does. `room` is
    /// the room's label.
    pub fn new(message: &Message, room: &str, viewer: Option<UserId>) -> Self {
        let own = viewer == Some(message.author.id);
        let content = message.content();
        Self {
            id: message.id.to_string(),
            room: room.to_owned(),
            room_id: message.room_id.to_string(),
            seq: message.seq.get(),
            rev: message.rev.get(),
            user_id: message.author.id.to_string(),
            username: message.author.username.as_str().to_owned(),
            content: content.map(|content| content.body.as_str().to_owned()),
            created_at: format_time(message.created_at),
            kind: (message.kind != MessageKind::Text).then(|| message.kind.as_str().to_owned()),
            version: content.map(|content| content.version.get()),
            edited_at: content.and_then(|content| content.edited_at).map(format_time),
            deleted: message.is_deleted(),
            reply_to: message.reply_to.as_ref().map(ReplyToDto::from),
            thread: message.thread.map(|root: MessageId| ThreadRefDto { root: root.to_string() }),
            mentions: content.map(|content| mentions(&content.mentions)).unwrap_or_default(),
            reactions: content.map(|content| reactions(content, viewer)).unwrap_or_default(),
            pinned_at: content.and_then(|content| content.pin).map(|pin| format_time(pin.at)),
            nonce: message.nonce.as_ref().filter(|_| own).map(|nonce| nonce.as_str().to_owned()),
        }
    }
}

fn mentions(mentions: &Mentions) -> Vec<String> {
    let everybody = [("room", mentions.room), ("here", mentions.here)];
    let words = everybody.into_iter().filter(|(_, called)| *called).map(|(word, _)| word.to_owned());
    mentions.users.iter().map(ToString::to_string).chain(words).collect()
}

fn reactions(content: &MessageContent, viewer: Option<UserId>) -> Vec<ReactionDto> {
    content.reactions.as_slice().iter().map(|reaction| ReactionDto::new(reaction, viewer)).collect()
}

impl From<&ReplyPreview> for ReplyToDto {
    fn from(preview: &ReplyPreview) -> Self {
        Self {
            id: preview.id.to_string(),
            seq: preview.seq.get(),
            user_id: preview.author.id.to_string(),
            username: preview.author.username.as_str().to_owned(),
            excerpt: preview.excerpt.as_ref().map(|excerpt| excerpt.as_str().to_owned()),
        }
    }
}

impl ReplyToDto {
    /// Brings the preview up to date with a message, if it is the one that is answered: changing a message doesn't
    /// change its answers on the wire, so whoever shows them does this.
    pub fn follow(&mut self, message: &MessageDto) {
        if self.id == message.id {
            let body = message.content.as_deref().and_then(|content| MessageBody::parse(content).ok());
            self.excerpt = body.map(|body| Excerpt::of(&body).as_str().to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: &str, content: Option<&str>) -> MessageDto {
        let text = include_str!("../tests/golden/message.json");
        let message: MessageDto = serde_json::from_str(text).unwrap();
        MessageDto { id: id.to_owned(), content: content.map(str::to_owned), ..message }
    }

    #[test]
    fn a_preview_follows_the_message_that_is_answered_and_no_other() {
        let original = message("a", Some("new\n text"));
        let (id, user_id, username) = ("a".to_owned(), original.user_id.clone(), original.username.clone());
        let mut preview = ReplyToDto { id, seq: 1, user_id, username, excerpt: Some("old".to_owned()) };
        preview.follow(&message("b", Some("other")));
        assert_eq!(preview.excerpt.as_deref(), Some("old"));
        preview.follow(&original);
        assert_eq!(preview.excerpt.as_deref(), Some("new text"));
        preview.follow(&message("a", None));
        assert_eq!(preview.excerpt, None);
    }
}
