//! Changing messages over REST, and what they said before.

use domain::model::MessageVersion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::time::format_time;

/// A new text for a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EditMessageDto {
    /// The text: not blank, at most 4,000 characters and 16 KiB.
    #[schema(min_length = 1)]
    pub content: String,
    /// The version of the text that the editor has seen, 1–100.
    #[schema(minimum = 1, maximum = 100)]
    pub version: u64,
}

/// One of the texts a message has had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionDto {
    /// Which: 1 as posted.
    pub version: u32,
    /// The text.
    pub content: String,
    /// Since when it was the message's text.
    pub created_at: String,
}

impl From<&MessageVersion> for VersionDto {
    fn from(version: &MessageVersion) -> Self {
        Self {
            version: version.version.get(),
            content: version.body.as_str().to_owned(),
            created_at: format_time(version.since),
        }
    }
}
