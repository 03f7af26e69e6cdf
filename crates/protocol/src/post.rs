//! Posting and deleting over REST.

use domain::model::UserId;
use domain::usecase::Posted;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::message::MessageDto;

/// A message to be posted.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PostMessageDto {
    /// The text: not blank, at most 4,000 characters and 16 KiB.
    #[schema(min_length = 1)]
    pub content: String,
    /// The client's name for the intent, 1–64 of `A-Za-z0-9_-` from at least 96 random bits: the same one again
    /// returns the message instead of doubling it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9_-]+$")]
    pub nonce: Option<String>,
    /// The id of a message of the same room that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// The id of a message of the same room whose thread this one belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
}

/// A message that was posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PostedDto {
    /// The message.
    #[serde(flatten)]
    pub message: MessageDto,
    /// `true` if the nonce had been used before and this is the message it made; absent otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub duplicate: bool,
}

impl PostedDto {
    /// Gives what came of posting, as its author sees it.
    pub fn new(posted: &Posted, author: UserId) -> Self {
        let message = MessageDto::new(&posted.message, &posted.room.label(), Some(author));
        Self { message, duplicate: posted.duplicate }
    }
}

/// A sentence about what was done, as the seed's API answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DetailDto {
    /// The sentence.
    pub detail: String,
}
